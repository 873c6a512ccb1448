import { type LvsConfiguration, MAIN_GROUP } from '@piranha/config';
import { type Notifier, type RoleChange, roleNotice } from '@piranha/notify';
import { roleChanges } from '../core/role-changes.js';
import { vipsOf } from '../core/settings.js';
import type { LeaveEvent, PulseState } from '../core/types.js';
import type { LoadedSettings } from './load-settings.js';

/** The group of addresses that hooks are for, where lvs.cf has groups. */
export interface HookedGroup {
  readonly name: string;
  /** Nobody hears of its role: it has no address. */
  readonly isPhantom: boolean;
  /** Whether the node holds any group. */
  readonly nodeHolds: boolean;
}

/** Runs what the operator wants to be run when the role changes. */
export class RoleHooks {
  /** The state command that ran last: a node that goes on as it is runs none. */
  private lastCommand: 'active' | 'inactive' | undefined;
  private partnerMissed = false;
  /** What the program was told of before it happened. */
  private toldAhead: RoleChange | undefined;
  /** What is to end before the addresses go down was begun. */
  private preparedLeave = false;

  /** What happened while the addresses are being taken. */
  private readonly untold: (() => void)[] = [];

  /** @param group undefined where all addresses move together; all groups but the main one tell of their role alone */
  constructor(
    private readonly notifier: Notifier,
    private readonly group: () => HookedGroup | undefined = () => undefined,
  ) {}

  /**
   * The pulse before us ran active_cmd, and this is no change of role.
   * @param prepared it began a move away, by this configuration, which ended with it: that is told once this node is active
   */
  adopted(prepared?: LvsConfiguration): void {
    this.lastCommand = prepared === undefined ? 'active' : 'inactive';
    this.preparedLeave = prepared !== undefined;
    this.toldAhead = prepared?.notify.waitsToLeave ? 'standby' : undefined;
  }

  /** Programs were told of a move away that has not come about yet. */
  get hasPreparedLeave(): boolean {
    return this.preparedLeave;
  }

  /** A start as standby is told too: nobody knows what was before. */
  standsBy(loaded: LoadedSettings, state: PulseState): void {
    this.tell(loaded, state, 'standby', state.reason);
  }

  /** Tells what changed between two states. */
  changed(loaded: LoadedSettings, before: PulseState, after: PulseState): void {
    if (this.preparedLeave && staysActive(after)) this.goBack(loaded, after);
    const changes = roleChanges(loaded.settings, before, after, this.partnerMissed);
    for (const { change, reason } of changes) {
      if (!this.concerns(change)) continue;
      if (change === 'partner-lost') this.partnerMissed = true;
      if (change === 'partner-back') this.partnerMissed = false;
      this.untold.push(() => this.tell(loaded, after, change, reason));
    }
    // To start a program takes time that the addresses need.
    if (after.duty !== 'taking') for (const tell of this.untold.splice(0)) tell();
    // A partner that was never heard was missed too.
    if (after.duty === 'taking' && after.partnerWord === undefined) this.partnerMissed = true;
    if (after.duty === 'standby' || after.duty === 'ended' || staysActive(after)) {
      this.toldAhead = undefined;
      this.preparedLeave = false;
    }
  }

  /** The move away that programs were told of did not come about: they learn that this node is active still. */
  private goBack(loaded: LoadedSettings, state: PulseState): void {
    this.preparedLeave = false;
    void this.runCommand(loaded.configuration, 'active', state.reason);
    const wasTold = this.toldAhead !== undefined;
    this.toldAhead = undefined;
    if (wasTold) this.untold.push(() => this.tell(loaded, state, 'active', state.reason));
  }

  /** Starts active_cmd or inactive_cmd. @returns its end; undefined where none had to be run */
  runCommand(
    configuration: LvsConfiguration,
    role: 'active' | 'inactive',
    reason: string,
  ): Promise<void> | undefined {
    const { activeCommand, inactiveCommand } = configuration;
    const command = role === 'active' ? activeCommand : inactiveCommand;
    if (command === undefined || this.lastCommand === role) return undefined;
    this.lastCommand = role;
    return this.notifier.runStateCommand({ command, role, reason, group: this.group()?.name });
  }

  /**
   * What the taking of the addresses has to wait for; undefined, the usual case, for nothing.
   * @param command the end of active_cmd, where it was started for this
   * @param isWanted whether the addresses are to be taken still: one that was given up meanwhile tells nobody of it
   */
  beforeTaking(
    loaded: LoadedSettings,
    state: PulseState,
    command: Promise<void> | undefined,
    isWanted: () => boolean,
  ): Promise<void> | undefined {
    // A node that only takes again what it holds is told nothing.
    if (state.duty !== 'taking') return undefined;
    const { activeCommand = '', notify } = loaded.configuration;
    const first =
      notify.activeCommandWaits && command ? this.notifier.waitFor(command, activeCommand) : undefined;
    if (!this.notifier.waits) return first;
    if (first === undefined) return this.tellAhead(loaded, state);
    return first.then(() => (isWanted() ? this.tellAhead(loaded, state) : undefined));
  }

  private tellAhead(loaded: LoadedSettings, state: PulseState): Promise<void> {
    this.toldAhead = 'active';
    return this.notifier.runAwaited(this.notice(loaded, state, 'active', state.reason));
  }

  /** Before the addresses are let go: inactive_cmd, then `notify` where it is awaited. Resolves when both have ended. */
  beforeLeaving(loaded: LoadedSettings, state: PulseState, why: LeaveEvent['type']): Promise<void> {
    const { configuration } = loaded;
    this.preparedLeave = true;
    const command = this.runCommand(configuration, 'inactive', why) ?? Promise.resolve();
    if (!configuration.notify.waitsToLeave) return command;
    const change = why === 'shutdown' ? 'stopped' : 'standby';
    this.toldAhead = change;
    // One queue: its end is that of inactive_cmd too.
    return this.notifier.run(this.notice(loaded, { ...state, duty: 'dropping' }, change, why));
  }

  /** What concerns the node is told by the hooks of the main group. */
  private concerns(change: RoleChange): boolean {
    const group = this.group();
    if (group === undefined) return true;
    return isRole(change) ? !group.isPhantom : group.name === MAIN_GROUP;
  }

  private tell(loaded: LoadedSettings, state: PulseState, change: RoleChange, reason: string): void {
    const notice = this.notice(loaded, state, change, reason);
    if (change === this.toldAhead) this.notifier.mail(notice);
    else this.notifier.tell(notice);
  }

  private notice(loaded: LoadedSettings, { duty }: PulseState, change: RoleChange, reason: string) {
    const { settings, configuration } = loaded;
    const { role: node, vips } = settings;
    const group = this.group();
    const holds = duty === 'taking' || duty === 'active' || duty === 'releasing';
    if (group === undefined) return roleNotice(change, { node, holding: holds, reason, vips });
    if (isRole(change)) return roleNotice(change, { node, holding: holds, reason, vips, group: group.name });
    return roleNotice(change, { node, holding: group.nodeHolds, reason, vips: vipsOf(configuration) });
  }
}

function staysActive({ duty, leaving }: PulseState): boolean {
  return duty === 'active' && leaving === undefined;
}

/** Whether a change is one of a group, and not of the node. */
function isRole(change: RoleChange): boolean {
  return change === 'active' || change === 'standby';
}
