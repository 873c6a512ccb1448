import type { NodeRole } from '@piranha/protocol';
import type { PulseStart } from '../../../pulse/src/core/types.js';
import { PairClock } from '../../../pulse/test/support/pair-clock.js';
import type { OldPulseSettings } from '../../src/index.js';
import { OldMember, type OldTimes, OurMember, type OurTimes, type VirtualMember } from './virtual-members.js';

export const ROLES = ['primary', 'backup'] as const;
/** Of every mixed pair: an original knows whole seconds only. */
export const KEEPALIVE_MS = 1_000;
export const DEADTIME_MS = 3_000;

export function otherRole(role: NodeRole): NodeRole {
  return role === 'primary' ? 'backup' : 'primary';
}

/** A pair on a virtual clock in which each director is one of ours or an original, and may be exchanged. */
export class MixedPair extends PairClock {
  delayMs = 1;
  readonly times: OurTimes & OldTimes = { takeMs: 5, dropMs: 5, activateMs: 300, deactivateMs: 200 };
  /** Words from this node are lost. */
  readonly cut: Record<NodeRole, boolean> = { primary: false, backup: false };
  private readonly members: Partial<Record<NodeRole, VirtualMember>> = {};

  constructor(
    private readonly random: () => number = () => 0.5,
    private readonly oldSettings: Partial<OldPulseSettings> = {},
  ) {
    super();
  }

  startOurs(role: NodeRole, how: PulseStart = { type: 'fresh' }): OurMember {
    const settings = {
      role,
      hasPartner: true,
      keepaliveMs: KEEPALIVE_MS,
      deadtimeMs: DEADTIME_MS,
      releaseLimitMs: KEEPALIVE_MS + DEADTIME_MS,
      vips: ['10.0.0.9'],
    };
    const member = new OurMember(settings, this.times, this.worldOf(role), how);
    this.members[role] = member;
    return member;
  }

  startOld(role: NodeRole): OldMember {
    const settings: OldPulseSettings = {
      role,
      hasPartner: true,
      keepaliveSeconds: KEEPALIVE_MS / 1_000,
      deadtimeSeconds: DEADTIME_MS / 1_000,
      byteOrder: 'little',
      failoverWords: 'known',
      ...this.oldSettings,
    };
    const member = new OldMember(settings, this.times, this.worldOf(role));
    this.members[role] = member;
    return member;
  }

  member(role: NodeRole): VirtualMember | undefined {
    return this.members[role];
  }

  /** A datagram to a node from its partner's address, whoever sent it. */
  inject(to: NodeRole, bytes: Uint8Array): void {
    this.members[to]?.receive(bytes);
  }

  /** Runs until something is so. @throws Error after `limitMs` */
  runUntil(what: string, isSo: () => boolean, limitMs = 60_000): void {
    const endMs = this.nowMs + limitMs;
    while (!isSo()) {
      if (this.nowMs >= endMs) throw new Error(`not within ${limitMs} ms: ${what}`);
      this.run(1);
    }
  }

  holders(): NodeRole[] {
    return ROLES.filter((role) => this.members[role]?.holding);
  }

  /** Begins to count the times anew. */
  forget(): void {
    this.nobodyMs = 0;
    this.bothMs = 0;
  }

  protected timerDueMs(): number {
    return Math.min(...ROLES.map((role) => this.dueMs(role)));
  }

  protected serveTimer(): void {
    const due = ROLES.find((role) => this.dueMs(role) <= this.nowMs);
    if (due !== undefined) this.members[due]?.tick();
  }

  private dueMs(role: NodeRole): number {
    return Math.max(this.nowMs, this.members[role]?.dueMs() ?? Infinity);
  }

  private worldOf(role: NodeRole) {
    return {
      nowMs: () => this.nowMs,
      after: (delayMs: number, run: () => void) => this.after(delayMs, run),
      random: this.random,
      transmit: (bytes: Uint8Array) => {
        if (!this.cut[role]) this.after(this.delayMs, () => this.members[otherRole(role)]?.receive(bytes));
      },
    };
  }
}
