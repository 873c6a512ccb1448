import type { PulseAlive } from '@piranha/protocol';
import { isHolding } from '../core/duties.js';
import { wordOf } from '../core/moves.js';
import type { NodeGroups } from '../core/node-groups.js';
import type { PulseState } from '../core/types.js';
import { addressesOfGroup } from '../core/vip-groups.js';
import type { LoadedSettings } from './load-settings.js';

/** What a report to the guardian is made of. */
interface ReportFacts {
  readonly loaded: LoadedSettings;
  /** In use: the partner may not have read a longer one yet. */
  readonly keepaliveMs: number;
  readonly groups: NodeGroups;
  readonly beat: PulseAlive['beat'];
}

/** What the guardian is to beat should this process die now. */
export function aliveReport({ loaded, keepaliveMs, groups, beat }: ReportFacts): PulseAlive {
  const { settings, paths, configuration } = loaded;
  return {
    pid: process.pid,
    active: groups.holding,
    word: runningOrStopped(groups.main),
    keepaliveMs,
    deadtimeMs: settings.deadtimeMs,
    port: configuration.heartbeatPort,
    paths: paths.map(({ name, local, partner, multicast }) => ({ name, local, partner, multicast })),
    beat,
    ...aliveGroups(groups),
  };
}

function runningOrStopped(state: PulseState): 'lvs running' | 'lvs stopped' {
  return wordOf(state) === 'lvs running' ? 'lvs running' : 'lvs stopped';
}

/** What the guardian has to know of the groups beside the main one; nothing where there is none. */
function aliveGroups(groups: NodeGroups): Pick<PulseAlive, 'groups'> {
  if (!groups.isGrouped) return {};
  return {
    groups: groups.plans.map((plan) => {
      const { name } = plan;
      const state = groups.of(name);
      return { name, vips: addressesOfGroup(plan), active: isHolding(state), word: runningOrStopped(state) };
    }),
  };
}
