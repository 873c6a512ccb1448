import { type LvsConfiguration, MAIN_GROUP } from '@piranha/config';
import { type Notifier, type RoleChange, roleNotice } from '@piranha/notify';
import { roleChanges } from '../core/role-changes.js';
import type { PulseState } from '../core/types.js';
import type { LoadedSettings } from './load-settings.js';

/** Runs what the operator wants to be run when the role changes. */
export class RoleHooks {
  /** The state command that ran last: a node that goes on as it is runs none. */
  private lastCommand: 'active' | 'inactive' | undefined;
  private partnerMissed = false;
  /** The program was told of the coming `active` before the addresses were taken. */
  private toldAhead = false;

  /** What happened while the addresses are being taken. */
  private readonly untold: (() => void)[] = [];

  /**
   * @param group of which programs are told, where lvs.cf has groups; all but the main one tell of their role alone
   * @param hasRole false for a main group without an address, which tells of the node alone
   */
  constructor(
    private readonly notifier: Notifier,
    private readonly group: () => string | undefined = () => undefined,
    private readonly hasRole: () => boolean = () => true,
  ) {}

  /** The pulse before us ran active_cmd, and this is no change of role. */
  adopted(): void {
    this.lastCommand = 'active';
  }

  /** A start as standby is told too: nobody knows what was before. */
  standsBy(loaded: LoadedSettings, state: PulseState): void {
    this.tell(loaded, state, 'standby', state.reason);
  }

  /** Tells what changed between two states. */
  changed(loaded: LoadedSettings, before: PulseState, after: PulseState): void {
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
    if (after.duty !== 'taking') this.toldAhead = false;
  }

  /** active_cmd or inactive_cmd; waits for nothing. */
  runCommand(configuration: LvsConfiguration, role: 'active' | 'inactive', reason: string): void {
    const { activeCommand, inactiveCommand } = configuration;
    const command = role === 'active' ? activeCommand : inactiveCommand;
    if (command === undefined || this.lastCommand === role) return;
    this.lastCommand = role;
    void this.notifier.runStateCommand({ command, role, reason, group: this.group() });
  }

  /** What the taking of the addresses has to wait for; undefined, the usual case, for nothing. */
  beforeTaking(loaded: LoadedSettings, state: PulseState): Promise<void> | undefined {
    // A node that only takes again what it holds is told nothing.
    if (!this.notifier.waits || state.duty !== 'taking') return undefined;
    this.toldAhead = true;
    return this.notifier.runAwaited(this.notice(loaded, state, 'active', state.reason));
  }

  /** What concerns the node is told by the hooks of the main group. */
  private concerns(change: RoleChange): boolean {
    const group = this.group();
    if (change === 'active' || change === 'standby') return this.hasRole();
    return group === undefined || group === MAIN_GROUP;
  }

  private tell(loaded: LoadedSettings, state: PulseState, change: RoleChange, reason: string): void {
    const notice = this.notice(loaded, state, change, reason);
    if (change === 'active' && this.toldAhead) this.notifier.mail(notice);
    else this.notifier.tell(notice);
  }

  private notice({ settings }: LoadedSettings, { duty }: PulseState, change: RoleChange, reason: string) {
    const holding = duty === 'taking' || duty === 'active' || duty === 'releasing';
    const isRole = change === 'active' || change === 'standby';
    const group = isRole ? this.group() : undefined;
    return roleNotice(change, { node: settings.role, holding, reason, vips: settings.vips, group });
  }
}
