import { readFileSync } from 'node:fs';
import { errorText, monotonicNowMs } from '@piranha/common';
import type { ProbeLoad } from '@piranha/protocol';
import { RecentDurations } from '@piranha/protocol/durations';
import { type Check, type CheckOutcome, failed } from '../../check.js';
import type { PlanParts } from '../../core/check-plan.js';
import { type GatePolicy, ProbeGate } from '../../core/probe-gate.js';
import type { Gate } from '../repeating.js';
import type { WakeUp } from '../wake-up.js';
import type { Watch } from '../watch.js';
import type { WeightGates } from '../weight-watches.js';
import { WheelDriver } from './wheel-driver.js';

const MOST_UNDER_WAY = 4_096;
/** Far above what a processor can do in a second; it caps what follows a pause. */
const SOCKET_GATE: Omit<GatePolicy, 'concurrency'> = { probesPerSecond: 20_000, burst: 200 };
/** A program costs a hundred times as much as a connect. */
const PROGRAM_GATE: GatePolicy = { probesPerSecond: 100, burst: 16, concurrency: 16 };
const SPAN_MS = 30_000;

/** A check needs a descriptor for each of its parts: some parts have two, and half of all are left for that. */
function socketConcurrency(): number {
  const limit = Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]);
  return limit > 0 ? Math.min(MOST_UNDER_WAY, Math.max(1, Math.floor((limit - 64) / 2))) : MOST_UNDER_WAY;
}

/** A queue before a gate, and the timer that comes back to it. */
class GateKeeper {
  private readonly gate: ProbeGate<() => void>;
  private timer: NodeJS.Timeout | undefined;

  constructor(policy: GatePolicy) {
    this.gate = new ProbeGate(policy, monotonicNowMs());
  }

  get waiting(): number {
    return this.gate.waiting;
  }

  /** True: go on at once. Otherwise a promise of true when it is this probe's turn, or of false when it was cancelled. */
  enter(signal: AbortSignal, weight = 1): true | Promise<boolean> {
    let resolve: (mayBegin: boolean) => void = () => undefined;
    const begin = () => {
      signal.removeEventListener('abort', cancel);
      resolve(true);
    };
    const cancel = () => {
      this.gate.cancel(begin);
      resolve(false);
    };
    if (this.gate.request(begin, monotonicNowMs(), weight)) return true;
    signal.addEventListener('abort', cancel, { once: true });
    this.comeBack();
    return new Promise((settle) => {
      resolve = settle;
    });
  }

  leave(weight = 1): void {
    this.gate.finished(weight);
    if (this.gate.waiting > 0) this.admit();
  }

  private admit(): void {
    for (const begin of this.gate.admit(monotonicNowMs())) begin();
    this.comeBack();
  }

  private comeBack(): void {
    const atMs = this.gate.nextAdmitMs();
    if (atMs === undefined || this.timer !== undefined) return;
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        this.admit();
      },
      Math.max(1, atMs - monotonicNowMs()),
    );
  }
}

interface PartGate {
  readonly keeper: GateKeeper;
  readonly weight: number;
}

/** When probes begin: on time, not too many at once, and measured. */
export class ProbeControl {
  private readonly driver = new WheelDriver();
  private readonly sockets = new GateKeeper({ ...SOCKET_GATE, concurrency: socketConcurrency() });
  private readonly programs = new GateKeeper(PROGRAM_GATE);
  /** Load monitors that hang must hold up no check. */
  private readonly monitors = new GateKeeper(PROGRAM_GATE);
  private readonly lateness = new RecentDurations(SPAN_MS, monotonicNowMs());
  private readonly interval = new RecentDurations(SPAN_MS, monotonicNowMs());
  private begun = 0;
  private failed = 0;
  private running = 0;

  /** The alarm of one probe, and its check behind the gate. */
  admission({ check, parts, policy }: Watch): { readonly wakeUp: WakeUp; readonly check: Check } {
    const gates = this.gatesOf(parts);
    let dueMs: number | undefined;
    let lastBegunMs: number | undefined;
    const begin = () => {
      const nowMs = monotonicNowMs();
      this.begun += 1;
      this.running += 1;
      if (dueMs !== undefined) this.lateness.record(Math.max(0, nowMs - dueMs), nowMs);
      if (lastBegunMs !== undefined) this.interval.record(nowMs - lastBegunMs, nowMs);
      dueMs = undefined;
      lastBegunMs = nowMs;
    };
    const wakeUp = this.driver.wakeUp((atMs) => {
      dueMs = atMs;
    });
    const gated: Check = {
      run: async (context) => {
        const entered: PartGate[] = [];
        try {
          for (const gate of gates) {
            const entry = gate.keeper.enter(context.signal, gate.weight);
            if (entry !== true && !(await entry)) return { ok: false, reason: 'cancelled' };
            entered.push(gate);
          }
          begin();
          context.onBegin?.();
          const outcome = await check.run(context);
          if (!outcome.ok && !outcome.undecided && !context.signal.aborted) this.failed += 1;
          return outcome;
        } catch (error) {
          this.failed += 1;
          return crashed(policy.server, error);
        } finally {
          if (entered.length === gates.length) this.running -= 1;
          for (const { keeper, weight } of entered) keeper.leave(weight);
        }
      },
    };
    return { wakeUp, check: gated };
  }

  /** What is asked beside the checks to move weights. */
  readonly weightGates: WeightGates = {
    agents: gateOf(this.sockets),
    monitors: gateOf(this.monitors),
  };

  /** Programs first: a probe that waits for one must not hold up those that only want a socket. */
  private gatesOf({ programs, others }: PlanParts): readonly PartGate[] {
    const gates = [
      { keeper: this.programs, weight: programs },
      { keeper: this.sockets, weight: others },
    ];
    return gates.filter(({ weight }) => weight > 0);
  }

  get load(): Omit<ProbeLoad, 'services' | 'probes'> {
    const nowMs = monotonicNowMs();
    return {
      running: this.running,
      waiting: this.sockets.waiting + this.programs.waiting,
      begun: this.begun,
      failed: this.failed,
      lateness: this.lateness.summary(nowMs),
      interval: this.interval.summary(nowMs),
    };
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

/** A nanny of its own dies of such an error; here thousands would die with it. Its server is down all the same. */
function crashed(server: string, error: unknown): CheckOutcome {
  return failed('NANNY_CHECK_CRASHED', { server, error: errorText(error) });
}
