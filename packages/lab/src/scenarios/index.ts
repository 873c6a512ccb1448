import type { ScenarioGroup, SharedLab } from '../guest/group.js';
import { directRouting } from './direct-routing.js';
import { failover } from './failover.js';
import { nat } from './nat.js';
import { table } from './table.js';
import { tunnel } from './tunnel.js';

/** Every group of scenarios, in the order in which they are run. */
export const GROUPS: readonly ScenarioGroup[] = [
  table,
  directRouting,
  nat,
  tunnel,
  failover,
] as readonly unknown[] as readonly ScenarioGroup<SharedLab>[];

/** @throws Error when there is no group of that name */
export function groupNamed(name: string): ScenarioGroup {
  const group = GROUPS.find((one) => one.name === name);
  if (group === undefined) throw new Error(`no group ${name}: ${GROUPS.map((one) => one.name).join(', ')}`);
  return group;
}
