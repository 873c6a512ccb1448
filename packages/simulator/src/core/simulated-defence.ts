import { ANSWER_SPACING_MS } from '@piranha/pulse/machines';
import type { SimulatedNode } from './simulated-node.js';

/** A frame's way on the network of the addresses, ms. */
const HEARD_MS = 0.3;

/** What a pulse does about another holder of its addresses: who insists answers, at most once a second. */
export class SimulatedDefence {
  private readonly answers = new Set<string>();
  private readonly answeredAtMs = new Map<string, number>();

  /** @param later runs something of the process after so many ms, unless it ends before */
  constructor(
    private readonly node: Pick<SimulatedNode, 'insists' | 'announce'>,
    private readonly later: (waitMs: number, work: () => void) => void,
    private readonly nowMs: () => number,
  ) {}

  /** A frame of another holder of a group has arrived. */
  hear(group: string): void {
    if (this.answers.has(group) || !this.node.insists(group)) return;
    this.answers.add(group);
    const answeredAtMs = this.answeredAtMs.get(group) ?? Number.NEGATIVE_INFINITY;
    const waitMs = Math.max(HEARD_MS, answeredAtMs + ANSWER_SPACING_MS - this.nowMs());
    this.later(waitMs, () => {
      this.answers.delete(group);
      this.answeredAtMs.set(group, this.nowMs());
      if (this.node.insists(group)) this.node.announce(group);
    });
  }
}
