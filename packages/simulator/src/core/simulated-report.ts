import type { PulseAlive } from '@piranha/protocol';
import { type NodeGroups, type PulseState, wordOf } from '@piranha/pulse/machines';

/** What a guardian would say in its stead. */
export function runningOrStopped(state: PulseState): 'lvs running' | 'lvs stopped' {
  return wordOf(state) === 'lvs running' ? 'lvs running' : 'lvs stopped';
}

/** The groups of a report; nothing where all addresses move together. */
export function aliveGroups(groups: NodeGroups): Pick<PulseAlive, 'groups'> {
  if (!groups.isGrouped) return {};
  return {
    groups: groups.plans.map(({ name, vips }) => ({
      name,
      vips,
      active: groups.held.has(name),
      word: runningOrStopped(groups.of(name)),
    })),
  };
}
