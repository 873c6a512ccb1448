import type { MaintenanceOrder } from '@piranha/pulse/machines';
import type { SimulatedNode } from './simulated-node.js';
import type { Timeline } from './timeline.js';

/** How soon an order is ended again that could not be ended. */
const RETRY_MS = 50;

/** Who orders a node into maintenance standby, and believes what it is told. */
export class SimulatedOperator {
  /** What it wants, and what it was told to be so. */
  private asked: MaintenanceOrder | undefined;
  private accepted: MaintenanceOrder | undefined;
  /** An order before the one that is wanted, which may still be answered when that one is refused. */
  private underWay: MaintenanceOrder | undefined;
  private readonly answers = new Map<string, boolean>();

  constructor(
    private readonly timeline: Timeline,
    private readonly node: Pick<SimulatedNode, 'plans' | 'order' | 'pulse' | 'wallMs'>,
  ) {}

  /** Whether it believes that the node takes nothing, come what may. */
  get believesOut(): boolean {
    return this.accepted?.unlessAlone === false;
  }

  /** Orders the node out; a pulse that does not answer takes no order. */
  orderOut(unlessAlone: boolean): void {
    const at = new Date(this.node.wallMs).toISOString();
    const order = { unlessAlone, by: 'operator', at, reason: '' };
    if (!this.node.pulse?.runs) return;
    this.underWay = this.asked;
    this.asked = order;
    this.answers.clear();
    const views = this.node.pulse.policy?.views();
    this.node.pulse.dispatch({ type: 'maintenance', order, force: false, views });
  }

  /** Ends the order, again and again until it is over. */
  endOrder(): void {
    this.asked = undefined;
    this.underWay = undefined;
    this.answers.clear();
    const { pulse } = this.node;
    if (pulse?.runs) pulse.dispatch({ type: 'maintenanceOver', by: 'operator' });
    const isOver = this.node.order === undefined && this.accepted === undefined && !pulse?.state?.ordered;
    if (!isOver) this.timeline.after(RETRY_MS, () => this.endOrder());
  }

  /** A group of pulse's answers an order, or its end: what one refuses is in force for none. */
  answered(group: string, ok: boolean): void {
    this.answers.set(group, ok);
    const { plans } = this.node;
    if (this.answers.size < plans.length) return;
    const isDone = [...this.answers.values()].every((one) => one);
    this.answers.clear();
    if (isDone) this.accepted = this.asked;
    else if (plans.length > 1 && this.asked !== undefined) this.endOrder();
    else this.asked = this.underWay;
  }
}
