import { type SyncDaemons, type SyncSide, syncDaemonFits } from '@piranha/ipvs';
import { type FailoverState, wantedSysctls } from './sysctl-plan.js';

/**
 * What is to be done around the virtual addresses, and in which order, so that open connections survive a change of
 * the director. A plan leads from what is seen to a goal, so it resumes after a crash, and planning for the goal
 * before undoes it.
 */

/** How long the new holder keeps its guard and the backup side, and the old one its master side, ms. */
export const SETTLE_MS = 3_000;

/**
 * standby: warm, no address. serving: the addresses are taken; guard and backup side are still on. settled: serving,
 * what was only for the takeover is gone. released: the addresses are down, the master side still sends what it has.
 * stopped: as before the start. left: as stopped, but the addresses stay for whoever serves next.
 */
export type TakeoverGoal = 'standby' | 'serving' | 'settled' | 'released' | 'stopped' | 'left';

export interface TakeoverSettings {
  readonly failoverState: FailoverState;
  readonly syncInterface: string;
  /** 0 to 255. */
  readonly syncId: number;
  readonly resetGuard: boolean;
  /** Both directors may serve at once, each its groups: whoever serves tells the other, and listens to it. */
  readonly bothSides?: boolean | undefined;
  readonly manageSysctls: boolean;
  /** True where the kernel forwards; without it only addresses are moved. */
  readonly hasIpvs: boolean;
  /** True where a service is forwarded by NAT. */
  readonly forwardsNat: boolean;
}

/** What there is now. */
export interface TakeoverSeen extends SyncDaemons {
  /** Normalised values by name; a sysctl that cannot be read is left out and not written. */
  readonly sysctls: ReadonlyMap<string, string>;
  /** True while old values wait for being put back. */
  readonly recorded: boolean;
  readonly guardOn: boolean;
  /** Undefined before the first step of this process: then they are taken or put down whatever there is. */
  readonly addressesHeld: boolean | undefined;
}

export type TakeoverAction =
  | { readonly type: 'sysctl'; readonly name: string; readonly value: string }
  | { readonly type: 'restoreSysctls' }
  | { readonly type: 'guard'; readonly on: boolean }
  | { readonly type: 'sync'; readonly side: SyncSide; readonly run: boolean }
  | { readonly type: 'addresses'; readonly hold: boolean }
  | { readonly type: 'announce' };

export interface TakeoverStep {
  /** Stable name for logs, such as `sync.start.master`. */
  readonly id: string;
  readonly action: TakeoverAction;
  /** True: may run at the same time as the step before it. */
  readonly alongside: boolean;
}

function idOf(action: TakeoverAction): string {
  switch (action.type) {
    case 'sysctl':
      return `sysctl.${action.name}`;
    case 'restoreSysctls':
      return 'sysctl.restore';
    case 'guard':
      return action.on ? 'guard.on' : 'guard.off';
    case 'sync':
      return `sync.${action.run ? 'start' : 'stop'}.${action.side}`;
    case 'addresses':
      return action.hold ? 'addresses.hold' : 'addresses.drop';
    case 'announce':
      return 'announce';
  }
}

/** What is seen once this action is done. */
export function afterAction(
  settings: TakeoverSettings,
  seen: TakeoverSeen,
  action: TakeoverAction,
): TakeoverSeen {
  switch (action.type) {
    case 'sysctl':
      return {
        ...seen,
        recorded: true,
        sysctls: new Map([...seen.sysctls, [action.name, action.value]]),
      };
    case 'restoreSysctls':
      return { ...seen, recorded: false };
    case 'guard':
      return { ...seen, guardOn: action.on };
    case 'sync':
      return { ...seen, [action.side]: action.run ? wantedDaemon(settings, action.side) : undefined };
    case 'addresses':
      return { ...seen, addressesHeld: action.hold };
    case 'announce':
      return seen;
  }
}

function wantedDaemon({ syncInterface, syncId }: TakeoverSettings, side: SyncSide) {
  return { interface: syncInterface, syncId, maxLength: side === 'master' ? 1 : undefined };
}

/** Collects steps and keeps what will be seen after them. */
class Planner {
  readonly steps: TakeoverStep[] = [];

  constructor(
    private readonly settings: TakeoverSettings,
    private seen: TakeoverSeen,
  ) {}

  serve(): void {
    const { settings, seen } = this;
    this.writeSysctls(true);
    const moves = seen.addressesHeld !== true;
    if (moves) {
      const guarded = settings.hasIpvs && settings.resetGuard && !seen.guardOn;
      if (guarded) this.add({ type: 'guard', on: true });
      // Nobody is sent here before the announcement, so the guard and the addresses need not wait for each other.
      this.add({ type: 'addresses', hold: true }, guarded);
      this.add({ type: 'announce' });
    }
    this.startSide('master');
    if (settings.bothSides === true) {
      this.startSide('backup');
      return;
    }
    // A backup side that hears another group is of no use; ours stays to hear the old holder's last words.
    if (this.syncs && seen.backup !== undefined && !syncDaemonFits('backup', seen.backup, settings)) {
      this.add({ type: 'sync', side: 'backup', run: false });
    }
  }

  release(): void {
    this.dropAddresses();
    // Without the thread the kernel ignores backup_only: the thread first leaves no moment of half an order.
    this.startSide('backup');
    this.writeSysctls(false);
  }

  dropAddresses(): void {
    if (this.seen.addressesHeld !== false) this.add({ type: 'addresses', hold: false });
  }

  stop(): void {
    this.stopSide('master');
    this.stopSide('backup');
    this.endGuard();
    if (this.seen.recorded) this.add({ type: 'restoreSysctls' });
  }

  stopSide(side: SyncSide): void {
    if (this.syncs && this.seen[side] !== undefined) this.add({ type: 'sync', side, run: false });
  }

  endGuard(): void {
    if (this.seen.guardOn) this.add({ type: 'guard', on: false });
  }

  private get syncs(): boolean {
    return this.settings.hasIpvs && this.settings.failoverState === 'sync';
  }

  private startSide(side: SyncSide): void {
    const running = this.seen[side];
    if (!this.syncs || (running !== undefined && syncDaemonFits(side, running, this.settings))) return;
    if (running !== undefined) this.add({ type: 'sync', side, run: false });
    this.add({ type: 'sync', side, run: true });
  }

  private writeSysctls(serving: boolean): void {
    const { settings } = this;
    if (!settings.hasIpvs || !settings.manageSysctls) {
      if (this.seen.recorded) this.add({ type: 'restoreSysctls' });
      return;
    }
    for (const { name, value } of wantedSysctls(settings.failoverState, serving)) {
      const present = this.seen.sysctls.get(name);
      if (present !== undefined && present !== value) this.add({ type: 'sysctl', name, value });
    }
  }

  private add(action: TakeoverAction, alongside = false): void {
    this.steps.push({ id: idOf(action), action, alongside });
    this.seen = afterAction(this.settings, this.seen, action);
  }
}

/** The steps from what is seen to the goal, in order; none where the goal is reached. */
export function planTakeover(
  settings: TakeoverSettings,
  goal: TakeoverGoal,
  seen: TakeoverSeen,
): readonly TakeoverStep[] {
  const planner = new Planner(settings, seen);
  switch (goal) {
    case 'serving':
      planner.serve();
      break;
    case 'settled':
      planner.serve();
      if (settings.bothSides !== true) planner.stopSide('backup');
      planner.endGuard();
      break;
    case 'released':
      planner.release();
      break;
    case 'standby':
      planner.release();
      planner.stopSide('master');
      planner.endGuard();
      break;
    case 'stopped':
      planner.dropAddresses();
      planner.stop();
      break;
    case 'left':
      planner.stop();
      break;
  }
  return planner.steps;
}

/** The steps of a plan in groups that may run at the same time. */
export function stagesOf(steps: readonly TakeoverStep[]): readonly (readonly TakeoverStep[])[] {
  const stages: TakeoverStep[][] = [];
  for (const step of steps) {
    const last = stages.at(-1);
    if (step.alongside && last !== undefined) last.push(step);
    else stages.push([step]);
  }
  return stages;
}
