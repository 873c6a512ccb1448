import type { PulseAlive } from '@piranha/protocol';
import { type NodeGroups, type PulseState, wordOf } from '@piranha/pulse/machines';
import type { SimulatedNode } from './simulated-node.js';

/** What a guardian would say in its stead. */
function runningOrStopped(state: PulseState): 'lvs running' | 'lvs stopped' {
  return wordOf(state) === 'lvs running' ? 'lvs running' : 'lvs stopped';
}

/** What a pulse reports to its guardian. */
export function simulatedReport(
  { settings, settingsInUse, others, role }: SimulatedNode,
  groups: NodeGroups,
  beat: PulseAlive['beat'],
): PulseAlive {
  return {
    pid: 1,
    active: groups.holding,
    word: runningOrStopped(groups.main),
    keepaliveMs: settingsInUse.keepaliveMs,
    deadtimeMs: settings.deadtimeMs,
    port: 539,
    paths: others.map((partner) => ({ local: role, partner })),
    beat,
    ...aliveGroups(groups),
  };
}

/** The groups of a report; nothing where all addresses move together. */
function aliveGroups(groups: NodeGroups): Pick<PulseAlive, 'groups'> {
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
