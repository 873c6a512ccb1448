import { KEPT_GROUPS } from '../bench/connections/groups.js';
import { PROBES_GROUPS } from '../bench/probes/lab-group.js';
import { REACTION_GROUP } from '../bench/probes/lab-reaction-group.js';
import { TABLE_GROUPS } from '../bench/tables/group.js';
import type { ScenarioGroup, SharedLab } from '../guest/group.js';
import { directRouting } from './direct-routing.js';
import { directors } from './directors.js';
import { doctor } from './doctor.js';
import { failover } from './failover.js';
import { groups } from './groups.js';
import { life } from './life.js';
import { localNode } from './local-node.js';
import { migration } from './migration.js';
import { nat } from './nat.js';
import { table } from './table.js';
import { tunnel } from './tunnel.js';

/** A group forgets the kind of its lab: only its own scenarios see that again. */
function anyGroup<Lab extends SharedLab>(group: ScenarioGroup<Lab>): ScenarioGroup {
  return group as unknown as ScenarioGroup;
}

/** Every group of scenarios, the longest first. */
export const GROUPS: readonly ScenarioGroup[] = [
  anyGroup(failover),
  anyGroup(directRouting),
  anyGroup(nat),
  anyGroup(migration),
  anyGroup(life),
  anyGroup(groups),
  anyGroup(directors),
  anyGroup(doctor),
  anyGroup(localNode),
  anyGroup(tunnel),
  anyGroup(table),
];

/** Groups that only the bench runs. */
const MEASURING = [
  ...KEPT_GROUPS.map(({ group }) => anyGroup(group)),
  ...TABLE_GROUPS.map(({ group }) => anyGroup(group)),
  ...PROBES_GROUPS.map(({ group }) => anyGroup(group)),
  anyGroup(REACTION_GROUP),
];

/** @throws Error when there is no group of that name */
export function groupNamed(name: string): ScenarioGroup {
  const group = [...GROUPS, ...MEASURING].find((one) => one.name === name);
  if (group === undefined) throw new Error(`no group ${name}: ${GROUPS.map((one) => one.name).join(', ')}`);
  return group;
}
