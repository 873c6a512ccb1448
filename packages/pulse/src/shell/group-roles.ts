import { MAIN_GROUP } from '@piranha/config';
import type { Notifier } from '@piranha/notify';
import type { GroupStatus } from '@piranha/protocol';
import { isHolding } from '../core/duties.js';
import type { GroupStates } from '../core/group-step.js';
import type { NodeGroups } from '../core/node-groups.js';
import type { PulseSettings } from '../core/types.js';
import type { LoadedSettings } from './load-settings.js';
import { type HookedGroup, RoleHooks } from './role-hooks.js';
import type { SavedState } from './saved-state.js';

/** What is told and remembered of each group's role. */
export class GroupRoles {
  private readonly hooks = new Map<string, RoleHooks>();
  private readonly sinceOf = new Map<string, Date>();

  constructor(
    private readonly notifier: Notifier,
    private readonly groups: NodeGroups,
  ) {}

  /** Runs what the operator wants to be run when this group changes its role. */
  of(name: string): RoleHooks {
    const known = this.hooks.get(name);
    if (known !== undefined) return known;
    const hooks = new RoleHooks(this.notifier, () => this.hookedGroup(name));
    this.hooks.set(name, hooks);
    return hooks;
  }

  /** Takes up what an earlier process knew. */
  goOn(saved: SavedState): void {
    this.sinceOf.set(MAIN_GROUP, new Date(saved.since));
    for (const { name, since } of saved.groups ?? []) this.sinceOf.set(name, new Date(since));
  }

  /** When a group entered its duty. */
  since(name: string): Date {
    const known = this.sinceOf.get(name);
    if (known !== undefined) return known;
    const now = new Date();
    this.sinceOf.set(name, now);
    return now;
  }

  /** These groups changed their duty just now. */
  changed(names: readonly string[]): void {
    for (const name of names) this.sinceOf.set(name, new Date());
  }

  /** Tells programs and people what changed between two steps. */
  tell(loaded: LoadedSettings, before: GroupStates, settingsOf: (name: string) => PulseSettings): void {
    for (const [name, state] of this.groups.all) {
      const last = before.get(name);
      if (last === undefined || last === state) continue;
      this.of(name).changed({ ...loaded, settings: settingsOf(name) }, last, state);
    }
  }

  private hookedGroup(name: string): HookedGroup | undefined {
    const { groups } = this;
    if (!groups.isGrouped) return undefined;
    return { name, isPhantom: groups.isPhantom(name), nodeHolds: groups.holding };
  }

  /** What the next process is to find. @param missed groups whose preferred director was away */
  toSave(missed: ReadonlySet<string>): SavedState {
    const { groups } = this;
    const { reason } = groups.main;
    const one = (name: string) => ({
      name,
      holding: isHolding(groups.of(name)),
      reason: groups.of(name).reason,
      since: this.since(name).toISOString(),
      missed: missed.has(name),
      ...(this.hasPreparedLeave(name) ? { preparedLeave: true } : {}),
    });
    const { holding, since, ...main } = one(MAIN_GROUP);
    const named = groups.plans.filter(({ name }) => name !== MAIN_GROUP).map(({ name }) => one(name));
    return {
      holding,
      reason,
      since,
      primaryMissed: missed.has(MAIN_GROUP),
      ...(main.preparedLeave ? { preparedLeave: true } : {}),
      ...(named.length === 0 ? {} : { groups: named }),
    };
  }

  private hasPreparedLeave(name: string): boolean {
    const { duty, leaving } = this.groups.of(name);
    return leaving !== undefined || (duty === 'releasing' && this.of(name).hasPreparedLeave);
  }

  /** For status; undefined where everything moves together. */
  status(partnerWordOf: (name: string) => string | undefined): readonly GroupStatus[] | undefined {
    const { groups } = this;
    if (!groups.isGrouped) return undefined;
    return groups.plans
      .filter(({ name }) => !groups.isPhantom(name))
      .map(({ name, preferred, vips }) => {
        const state = groups.of(name);
        const partner = partnerWordOf(name);
        return {
          name,
          preferred,
          active: state.duty === 'active' || state.duty === 'releasing',
          state: state.listening ? 'listening' : state.duty,
          reason: state.reason,
          since: this.since(name).toISOString(),
          vips,
          ...(partner === undefined ? {} : { partner }),
        };
      });
  }
}

/** The groups of a saved state that were held. */
export function heldBefore(saved: SavedState | undefined, groups: readonly string[]): ReadonlySet<string> {
  if (saved === undefined) return new Set(groups);
  const named = new Map((saved.groups ?? []).map(({ name, holding }) => [name, holding]));
  // A group that the file did not have then was part of the main one.
  return new Set(
    groups.filter((name) => (name === MAIN_GROUP ? saved.holding : (named.get(name) ?? saved.holding))),
  );
}

/** The groups of a saved state whose preferred director was away. */
export function missedBefore(saved: SavedState | undefined): ReadonlySet<string> {
  const named = (saved?.groups ?? []).filter(({ missed }) => missed).map(({ name }) => name);
  return new Set(saved?.primaryMissed === true ? [MAIN_GROUP, ...named] : named);
}

/** The groups of a saved state whose programs were told of a move away that had not come about. */
export function preparedBefore(saved: SavedState | undefined): ReadonlySet<string> {
  const named = (saved?.groups ?? []).filter(({ preparedLeave }) => preparedLeave).map(({ name }) => name);
  return new Set(saved?.preparedLeave === true ? [MAIN_GROUP, ...named] : named);
}
