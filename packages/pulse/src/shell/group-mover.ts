import type { NodeGroups } from '../core/node-groups.js';
import type { LeaveEvent, PulseEvent } from '../core/types.js';
import type { Backend } from './backend.js';
import type { GroupRoles } from './group-roles.js';
import type { LoadedSettings } from './load-settings.js';
import type { SupervisedDaemon } from './supervised-daemon.js';

/** What it moves with. */
export interface MoverNeeds {
  readonly backend: Pick<Backend, 'take' | 'drop' | 'standBy'>;
  readonly lvsd: Pick<SupervisedDaemon, 'start' | 'stop'>;
  readonly groups: NodeGroups;
  readonly roles: GroupRoles;
  /** The configuration in use, with a group's settings. */
  readonly loaded: (group: string) => LoadedSettings;
  readonly dispatch: (event: PulseEvent, group: string) => void;
}

/** Takes and puts down the addresses of groups, each for itself: what fails for one is waited for by that one alone. */
export class GroupMover {
  private readonly takes = new Map<string, number>();
  /** While a cold standby's lvsd ends. */
  private ending: Promise<void> | undefined;

  constructor(private readonly needs: MoverNeeds) {}

  /** The original ran inactive_cmd at every start, to undo what an earlier run may have left. */
  standBy(names: readonly string[]): void {
    const { groups, roles, loaded, backend } = this.needs;
    for (const name of names) {
      this.runCommand(name, 'inactive');
      if (!groups.isPhantom(name)) roles.of(name).standsBy(loaded(name), groups.of(name));
    }
    if (!groups.holding) void backend.standBy('started');
    // A pulse that ended while it put a group down may have left some of its addresses.
    else for (const name of names) void backend.drop('started', name);
  }

  /** Holds a group's addresses; the state machine learns of it. */
  take(name: string): void {
    const { groups, roles, loaded, lvsd } = this.needs;
    const isCold = loaded(name).configuration.standby === 'cold';
    if (isCold && this.ending === undefined) lvsd.start();
    const command = this.runCommand(name, 'active');
    const turn = (this.takes.get(name) ?? 0) + 1;
    this.takes.set(name, turn);
    // Meanwhile the addresses may have become somebody else's.
    const isWanted = () => turn === this.takes.get(name) && groups.all.get(name)?.duty === 'taking';
    const wait = groups.isPhantom(name)
      ? undefined
      : roles.of(name).beforeTaking(loaded(name), groups.of(name), command, isWanted);
    if (wait === undefined) {
      this.raise(name);
      return;
    }
    void wait.then(() => {
      if (isWanted()) this.raise(name);
    });
  }

  /** Runs what is to end before a group's addresses go down; the state machine learns when it has. */
  prepareLeave(name: string, event: LeaveEvent['type']): void {
    const { groups, roles, loaded, dispatch } = this.needs;
    const ended = groups.isPhantom(name)
      ? Promise.resolve()
      : roles.of(name).beforeLeaving(loaded(name), groups.of(name), event);
    void ended.then(() => dispatch({ type: 'leavable' }, name));
  }

  /** Puts a group's addresses down; the state machine learns of it. */
  async drop(name: string): Promise<void> {
    const { backend, groups, loaded, dispatch } = this.needs;
    this.runCommand(name, 'inactive');
    const reached = await backend.drop(groups.of(name).reason, name);
    if (!reached) return;
    if (loaded(name).configuration.standby === 'cold' && this.isLastHeld(name)) await this.endLvsd();
    dispatch({ type: 'dropped' }, name);
  }

  /** Groups that go together end it once; for one that came meanwhile it is started again. */
  private async endLvsd(): Promise<void> {
    const { lvsd, groups } = this.needs;
    this.ending ??= lvsd.stop().then(() => {
      this.ending = undefined;
      if (groups.holding) lvsd.start();
    });
    await this.ending;
  }

  private raise(name: string): void {
    const { backend, groups, dispatch } = this.needs;
    void backend.take(groups.of(name).reason, name).then((reached) => {
      if (reached) dispatch({ type: 'taken' }, name);
    });
  }

  private isLastHeld(name: string): boolean {
    return ![...this.needs.groups.held].some((held) => held !== name);
  }

  private runCommand(name: string, role: 'active' | 'inactive'): Promise<void> | undefined {
    const { groups, roles, loaded } = this.needs;
    if (groups.isPhantom(name)) return undefined;
    return roles.of(name).runCommand(loaded(name).configuration, role, groups.of(name).reason);
  }
}
