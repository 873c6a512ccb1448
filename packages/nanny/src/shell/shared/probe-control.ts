import { readFileSync } from 'node:fs';
import type { ProbeLoad } from '@piranha/protocol';
import type { Check } from '../../check.js';
import type { PlanParts } from '../../core/check-plan.js';
import { budgetGate } from '../../core/probe-budget.js';
import type { GatePolicy } from '../../core/probe-gate.js';
import type { Gate } from '../repeating.js';
import type { WakeUp } from '../wake-up.js';
import type { Watch } from '../watch.js';
import type { WeightGates } from '../weight-watches.js';
import { GateKeeper } from './gate-keeper.js';
import { GatedCheck, type PartGate } from './gated-check.js';
import { ProbeFigures } from './probe-figures.js';
import { WheelDriver } from './wheel-driver.js';

const MOST_UNDER_WAY = 4_096;
/** Far above what a processor can do in a second; it caps what follows a pause. */
const SOCKET_GATE: Omit<GatePolicy, 'concurrency'> = { probesPerSecond: 20_000, burst: 200 };
/** A program costs a hundred times as much as a connect. */
const PROGRAM_GATE: GatePolicy = { probesPerSecond: 100, burst: 16, concurrency: 16 };

/** A check needs a descriptor for each of its parts: some parts have two, and half of all are left for that. */
function socketConcurrency(): number {
  const limit = Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]);
  return limit > 0 ? Math.min(MOST_UNDER_WAY, Math.max(1, Math.floor((limit - 64) / 2))) : MOST_UNDER_WAY;
}

/** When probes begin: on time, not too many at once, and measured. */
export class ProbeControl {
  private readonly driver = new WheelDriver();
  /** What the whole director may do in a second, this process's share of it. */
  private readonly budget = new GateKeeper(budgetGate(undefined));
  private readonly sockets = new GateKeeper({ ...SOCKET_GATE, concurrency: socketConcurrency() });
  private readonly programs = new GateKeeper(PROGRAM_GATE);
  /** Load monitors that hang must hold up no check. */
  private readonly monitors = new GateKeeper(PROGRAM_GATE);
  private readonly figures = new ProbeFigures();

  /** The alarm of one probe, and its check behind the gate. */
  admission({ check, parts, policy }: Watch): { readonly wakeUp: WakeUp; readonly check: Check } {
    const gated = new GatedCheck(check, policy.server, this.gatesOf(parts), this.figures);
    return { wakeUp: this.driver.wakeUp((atMs) => gated.due(atMs)), check: gated };
  }

  /** What is asked beside the checks to move weights. */
  readonly weightGates: WeightGates = {
    agents: gateOf(this.sockets),
    monitors: gateOf(this.monitors),
  };

  /** @param checksPerSecond undefined = no limit */
  setBudget(checksPerSecond: number | undefined): void {
    this.budget.change(budgetGate(checksPerSecond));
  }

  /** The budget, then programs: a probe that waits for one must not hold up those that only want a socket. */
  private gatesOf({ programs, others }: PlanParts): readonly PartGate[] {
    const gates = [
      { keeper: this.programs, weight: programs },
      { keeper: this.sockets, weight: others },
    ];
    return [{ keeper: this.budget, weight: 1 }, ...gates.filter(({ weight }) => weight > 0)];
  }

  get load(): Omit<ProbeLoad, 'services' | 'probes'> {
    const { budget, sockets, programs } = this;
    const waiting = budget.waiting + sockets.waiting + programs.waiting;
    return { ...this.figures.load, waiting, heldBack: budget.heldBack };
  }

  stop(): void {
    this.driver.stop();
  }
}

function gateOf(keeper: GateKeeper): Gate {
  return async (signal, act) => {
    if (signal.aborted) return;
    const entry = keeper.enter(signal);
    if (entry !== true && !(await entry)) return;
    try {
      await act();
    } finally {
      keeper.leave();
    }
  };
}
