import { errorText, monotonicNowMs, patient } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import type { SyncDaemonControl } from '@piranha/ipvs';
import type { GuardTargets } from '../core/guard-rules.js';
import { sysctlAdvice } from '../core/sysctl-plan.js';
import {
  afterAction,
  planTakeover,
  SETTLE_MS,
  stagesOf,
  type TakeoverAction,
  type TakeoverGoal,
  type TakeoverSeen,
  type TakeoverSettings,
  type TakeoverStep,
} from '../core/takeover.js';
import { NoGuardTool, type ResetGuard } from './reset-guard.js';
import type { Sysctls } from './sysctls.js';

const RETRY_MS = 5_000;
/** The announcement waits for a slow guard no longer. */
const GUARD_WAIT_MS = patient(500);

/** What a takeover works with. */
export interface TakeoverParts {
  readonly sysctls: Pick<Sysctls, 'read' | 'recorded' | 'write' | 'restore'>;
  readonly sync: Pick<SyncDaemonControl, 'state' | 'start' | 'stop'>;
  readonly guard: Pick<ResetGuard, 'prepare' | 'on' | 'repair' | 'off' | 'clean'>;
  readonly guardTargets: () => GuardTargets;
  /** Holds the addresses; false when a later call took over. */
  readonly hold: () => Promise<boolean>;
  /** Puts the addresses down; false when a later call took over. */
  readonly drop: () => Promise<boolean>;
  /** The addresses are held: the moment to tell the network and the partner. */
  readonly announce: () => void;
  readonly log: Pick<EventLog, 'log'>;
  /** SETTLE_MS unless a test says otherwise. */
  readonly settleMs?: number;
}

/** What status tells of the takeover. */
export interface TakeoverStatus {
  readonly goal: TakeoverGoal | 'none';
  readonly master: boolean;
  readonly backup: boolean;
  readonly guardOn: boolean;
  /** How long the backup side is known to listen, s: it knows the connections made since, and those that were used. */
  readonly listeningSeconds: number | undefined;
}

/**
 * Carries out the takeover's plans. The last goal wins: a step of an older one is not waited for, so that nothing that
 * hangs delays a takeover. A step that fails is told and left behind: it never keeps an address down.
 */
export class Takeover {
  private seen: TakeoverSeen = {
    sysctls: new Map(),
    recorded: false,
    guardOn: false,
    master: undefined,
    backup: undefined,
    addressesHeld: undefined,
  };
  private goal: TakeoverGoal | 'none' = 'none';
  private current = new AbortController();
  /** True when a step of the sync daemon was left running: its state has to be looked at before the next. */
  private stale = false;
  private timer: NodeJS.Timeout | undefined;
  private listeningFromMs: number | undefined;
  private releasedAtMs = Number.NEGATIVE_INFINITY;
  private readonly told = new Map<string, string>();

  constructor(
    private readonly parts: TakeoverParts,
    private settings: TakeoverSettings,
  ) {}

  /**
   * Looks at what is there, also after a crash, and warns of the operator's settings. To be called once, before the
   * first goal. @param addressesHeld true where this node holds the addresses already
   */
  async look(addressesHeld: boolean | undefined): Promise<void> {
    this.seen = { ...this.seen, addressesHeld };
    if (!this.settings.hasIpvs) return;
    // Not waited for: on a slow machine trying the tools takes seconds.
    if (this.settings.resetGuard) void this.prepareGuard();
    await this.lookAtSync();
    const { sysctls } = this.parts;
    for (const { name, value, found, why } of sysctlAdvice(this.settings, sysctls.read())) {
      this.parts.log.log('PULSE_SYSCTL_ADVICE', { name, value, found, why });
    }
  }

  /** Warm standby. True when it was reached, false when a later goal took over. */
  standby(reason: string): Promise<boolean> {
    return this.reach('standby', reason);
  }

  /** Takes the addresses; what is only for the takeover ends by itself. Answers as `standby`. */
  take(reason: string): Promise<boolean> {
    // Told again at each takeover, not at each retry.
    this.told.delete('guard.on');
    return this.reach('serving', reason);
  }

  /** As `take`, where some addresses may be held already and others come. */
  takeMore(reason: string): Promise<boolean> {
    this.seen = { ...this.seen, addressesHeld: undefined };
    return this.take(reason);
  }

  /** Puts the addresses down; the master side goes on for a moment, then ends by itself. Answers as `standby`. */
  release(reason: string): Promise<boolean> {
    return this.reach('released', reason);
  }

  /**
   * Everything as before the start.
   * @param linger true where a partner serves now: then the master side first sends what it still has
   */
  async stop(reason: string, linger: boolean): Promise<void> {
    if (linger && this.seen.master !== undefined && !(await this.lingered(reason))) return;
    await this.reach('stopped', reason);
    if (this.settings.hasIpvs && this.settings.resetGuard) await this.parts.guard.clean();
  }

  /** As stop, but the addresses stay. */
  async leave(reason: string): Promise<void> {
    await this.reach('left', reason);
    if (this.settings.hasIpvs && this.settings.resetGuard) await this.parts.guard.clean();
  }

  private async prepareGuard(): Promise<void> {
    try {
      if (!(await this.parts.guard.prepare())) return;
    } catch (error) {
      this.tellFailure('guard.prepare', errorText(error), 'addresses are taken without it');
      return;
    }
    this.seen = { ...this.seen, guardOn: true };
    // The other goals end a guard in their time.
    if (this.goal === 'standby' || this.goal === 'settled') {
      await this.reach(this.goal, 'a guard was left by a crash');
    }
  }

  /** Puts the addresses down and lets the master side go on for its time. False when a later goal took over. */
  private async lingered(reason: string): Promise<boolean> {
    if (!(await this.reach('released', reason))) return false;
    clearTimeout(this.timer);
    const { signal } = this.current;
    const waitMs = this.releasedAtMs + (this.parts.settleMs ?? SETTLE_MS) - monotonicNowMs();
    if (waitMs > 0) {
      await Promise.race([new Promise((resolve) => setTimeout(resolve, waitMs)), aborted(signal)]);
    }
    return !signal.aborted;
  }

  /** Takes new settings: what the old ones started and the new ones do not want is ended, the rest follows. */
  async configure(next: TakeoverSettings, reason: string): Promise<void> {
    const leavesSync = this.settings.failoverState === 'sync' && next.failoverState !== 'sync';
    const { goal } = this;
    if (leavesSync && this.settings.hasIpvs) {
      for (const side of ['master', 'backup'] as const) {
        if (this.seen[side] === undefined) continue;
        await this.runStep({ id: `sync.stop.${side}`, action: { type: 'sync', side, run: false } }, reason);
      }
    }
    const guards = next.resetGuard && !this.settings.resetGuard && next.hasIpvs;
    this.settings = next;
    if (guards) void this.prepareGuard();
    if (goal !== 'none' && goal === this.goal) await this.reach(goal, reason);
  }

  status(): TakeoverStatus {
    const { goal, seen, listeningFromMs } = this;
    return {
      goal,
      master: seen.master !== undefined,
      backup: seen.backup !== undefined,
      guardOn: seen.guardOn,
      listeningSeconds:
        listeningFromMs === undefined ? undefined : Math.floor((monotonicNowMs() - listeningFromMs) / 1_000),
    };
  }

  /** Ends timers; what is there stays, for the next pulse to adopt. */
  close(): void {
    clearTimeout(this.timer);
    this.current.abort();
  }

  private async reach(goal: TakeoverGoal, reason: string): Promise<boolean> {
    clearTimeout(this.timer);
    this.current.abort();
    this.current = new AbortController();
    const { signal } = this.current;
    this.goal = goal;
    const failures = await this.run(goal, reason, signal);
    if (signal.aborted) return false;
    this.planNext(goal, failures);
    return true;
  }

  /** The number of steps that failed. */
  private async run(goal: TakeoverGoal, reason: string, signal: AbortSignal): Promise<number> {
    let failures = 0;
    for (;;) {
      let again = false;
      for (const stage of stagesOf(planTakeover(this.settings, goal, this.lookAtSysctls()))) {
        if (signal.aborted) return failures;
        if (this.stale && stage.some(({ action }) => action.type === 'sync')) {
          await this.lookAtSync();
          again = true;
          break;
        }
        failures += await this.runStage(stage, reason, signal);
      }
      if (!again) return failures;
    }
  }

  private async runStage(
    stage: readonly TakeoverStep[],
    reason: string,
    signal: AbortSignal,
  ): Promise<number> {
    // A guard that was begun counts as on, so that it is ended in any case.
    if (stage.some(({ id }) => id === 'guard.on')) this.seen = { ...this.seen, guardOn: true };
    const work = Promise.all(stage.map((step) => this.runStep(step, reason, signal)));
    const left = await Promise.race([work, aborted(signal)]);
    if (left !== 'aborted') return left.filter((ok) => !ok).length;
    if (stage.some(({ action }) => action.type === 'sync')) this.stale = true;
    if (stage.some(({ action }) => action.type === 'addresses')) {
      this.seen = { ...this.seen, addressesHeld: undefined };
    }
    return 0;
  }

  private async runStep(
    { id, action }: Pick<TakeoverStep, 'id' | 'action'>,
    reason: string,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const startedAtMs = monotonicNowMs();
    try {
      if (!(await this.act(action))) return true;
    } catch (error) {
      const serves = this.goal === 'serving' || this.goal === 'settled';
      this.tellFailure(id, errorText(error), serves ? 'serving all the same' : 'going on without it');
      // Any other failure may have set a part of it, which has to be ended.
      if (error instanceof NoGuardTool) this.seen = { ...this.seen, guardOn: false };
      // A guard that could not be set is not tried again: its moment is over.
      return action.type === 'guard' && action.on;
    }
    if (action.type === 'addresses' && signal?.aborted) return true;
    this.seen = afterAction(this.settings, this.seen, action);
    this.noteTimes(action);
    this.told.delete(id);
    const durationMs = Math.round((monotonicNowMs() - startedAtMs) * 10) / 10;
    const detail = action.type === 'sysctl' ? { value: action.value } : {};
    this.parts.log.log('PULSE_STEP', { step: id, durationMs, ...detail, reason });
    return true;
  }

  /** False when the addresses are somebody else's matter by now. @throws Error when the step failed */
  private async act(action: TakeoverAction): Promise<boolean> {
    const { sysctls, sync, guard, guardTargets, hold, drop, announce } = this.parts;
    const { syncInterface, syncId } = this.settings;
    switch (action.type) {
      case 'sysctl':
        sysctls.write(action.name, action.value);
        return true;
      case 'restoreSysctls':
        sysctls.restore();
        return true;
      case 'guard':
        await (action.on ? withinWait(guard.on(guardTargets())) : guard.off());
        return true;
      case 'sync':
        await (action.run ? sync.start(action.side, syncInterface, syncId) : sync.stop(action.side));
        return true;
      case 'addresses':
        return action.hold ? await hold() : await drop();
      case 'announce':
        announce();
        if (this.seen.guardOn) void guard.repair();
        return true;
    }
  }

  private noteTimes(action: TakeoverAction): void {
    if (action.type === 'sync' && action.side === 'backup') {
      this.listeningFromMs = action.run ? monotonicNowMs() : undefined;
    }
    if (action.type === 'addresses' && !action.hold) this.releasedAtMs = monotonicNowMs();
  }

  private planNext(goal: TakeoverGoal, failures: number): void {
    const settleMs = this.parts.settleMs ?? SETTLE_MS;
    const after = (delayMs: number, next: TakeoverGoal, reason: string): void => {
      this.timer = setTimeout(() => void this.reach(next, reason), delayMs);
      this.timer.unref();
    };
    if (goal === 'serving') after(settleMs, 'settled', 'the takeover has settled');
    else if (goal === 'released') after(settleMs, 'standby', 'the master side has lingered');
    else if (goal !== 'stopped' && goal !== 'left' && failures > 0)
      after(RETRY_MS, goal, 'again after a failure');
  }

  private lookAtSysctls(): TakeoverSeen {
    if (this.settings.hasIpvs) {
      const { sysctls } = this.parts;
      this.seen = { ...this.seen, sysctls: sysctls.read(), recorded: sysctls.recorded };
    }
    return this.seen;
  }

  private async lookAtSync(): Promise<void> {
    this.stale = false;
    if (this.settings.failoverState !== 'sync') return;
    try {
      const daemons = await this.parts.sync.state();
      this.seen = { ...this.seen, ...daemons };
      this.told.delete('sync.look');
      if (this.seen.backup === undefined) this.listeningFromMs = undefined;
      else this.listeningFromMs ??= monotonicNowMs();
    } catch (error) {
      this.tellFailure('sync.look', errorText(error), 'going on with what was known');
    }
  }

  private tellFailure(step: string, problem: string, outcome: string): void {
    if (this.told.get(step) === problem) return;
    this.told.set(step, problem);
    this.parts.log.log('PULSE_STEP_FAILED', { step, problem, outcome });
  }
}

/** @throws Error past the limit; the work goes on, and what ends the guard later comes behind it */
async function withinWait(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${GUARD_WAIT_MS} ms`)), GUARD_WAIT_MS);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}

function aborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('aborted');
    else signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
}
