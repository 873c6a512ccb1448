import { errorText, monotonicNowMs } from '@piranha/common';
import type { ProbeLoad } from '@piranha/protocol';
import { type Check, type CheckOutcome, failed } from '../../check.js';
import { RecentDurations } from '../../core/duration-histogram.js';
import { type GatePolicy, ProbeGate } from '../../core/probe-gate.js';
import type { WakeUp } from '../wake-up.js';
import type { Watch } from '../watch.js';
import { WheelDriver } from './wheel-driver.js';

/** Far above what a processor can do in a second; it caps what follows a pause. */
const SOCKET_GATE: GatePolicy = { probesPerSecond: 20_000, burst: 200, concurrency: 4_096 };
/** A program costs a thousand times as much as a connect. */
const PROGRAM_GATE: GatePolicy = { probesPerSecond: 50, burst: 8, concurrency: 16 };
const SPAN_MS = 30_000;

/** A queue before a gate, and the timer that comes back to it. */
class GateKeeper {
  private readonly gate: ProbeGate<() => void>;
  private timer: NodeJS.Timeout | undefined;

  constructor(policy: GatePolicy) {
    this.gate = new ProbeGate(policy, monotonicNowMs());
  }

  get running(): number {
    return this.gate.running;
  }

  get waiting(): number {
    return this.gate.waiting;
  }

  /** True: go on at once. Otherwise a promise of true when it is this probe's turn, or of false when it was cancelled. */
  enter(signal: AbortSignal): true | Promise<boolean> {
    let resolve: (mayBegin: boolean) => void = () => undefined;
    const begin = () => {
      signal.removeEventListener('abort', cancel);
      resolve(true);
    };
    const cancel = () => {
      this.gate.cancel(begin);
      resolve(false);
    };
    if (this.gate.request(begin, monotonicNowMs())) return true;
    signal.addEventListener('abort', cancel, { once: true });
    this.comeBack();
    return new Promise((settle) => {
      resolve = settle;
    });
  }

  leave(): void {
    this.gate.finished();
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

/** When probes begin: on time, not too many at once, and measured. */
export class ProbeControl {
  private readonly driver = new WheelDriver();
  private readonly sockets = new GateKeeper(SOCKET_GATE);
  private readonly programs = new GateKeeper(PROGRAM_GATE);
  private readonly lateness = new RecentDurations(SPAN_MS, monotonicNowMs());
  private readonly interval = new RecentDurations(SPAN_MS, monotonicNowMs());
  private begun = 0;

  /** The alarm of one probe, and its check behind the gate. */
  admission({ check, runsPrograms, policy }: Watch): { readonly wakeUp: WakeUp; readonly check: Check } {
    const gate = runsPrograms ? this.programs : this.sockets;
    let dueMs: number | undefined;
    let lastBegunMs: number | undefined;
    const begin = () => {
      const nowMs = monotonicNowMs();
      this.begun += 1;
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
        const entry = gate.enter(context.signal);
        if (entry !== true && !(await entry)) return { ok: false, reason: 'cancelled' };
        begin();
        context.onBegin?.();
        try {
          return await check.run(context);
        } catch (error) {
          return crashed(policy.server, error);
        } finally {
          gate.leave();
        }
      },
    };
    return { wakeUp, check: gated };
  }

  get load(): Omit<ProbeLoad, 'services' | 'probes'> {
    const nowMs = monotonicNowMs();
    return {
      running: this.sockets.running + this.programs.running,
      waiting: this.sockets.waiting + this.programs.waiting,
      begun: this.begun,
      lateness: this.lateness.summary(nowMs),
      interval: this.interval.summary(nowMs),
    };
  }

  stop(): void {
    this.driver.stop();
  }
}

/** A nanny of its own dies of such an error; here thousands would die with it. Its server is down all the same. */
function crashed(server: string, error: unknown): CheckOutcome {
  return failed('NANNY_CHECK_CRASHED', { server, error: errorText(error) });
}
