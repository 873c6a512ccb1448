import type { ChangedSysctl, MachineState, StateRecord, Step } from './model.js';
import type { SysctlNeed } from './needs.js';

/** What happens to settings. */
export interface SysctlPlan {
  readonly set: readonly Step[];
  readonly restore: readonly Step[];
  readonly recordBefore: readonly ChangedSysctl[];
  readonly recordAfter: readonly ChangedSysctl[];
  readonly notes: readonly string[];
}

/**
 * Plans settings: a need that is not met is written, its value recorded before; what we wrote and is not needed any more
 * gets its first value back, unless somebody has changed it since.
 */
export function planSysctls(
  needs: readonly SysctlNeed[],
  seen: MachineState,
  record: StateRecord,
): SysctlPlan {
  const set: Step[] = [];
  const kept: ChangedSysctl[] = [];
  const notes: string[] = [];
  for (const need of needs) {
    const { path, value } = need;
    const found = seen.sysctls.get(path);
    const recorded = record.sysctls.find((entry) => entry.path === path);
    if (found === undefined) continue;
    if (need.accepts(found)) {
      if (recorded) kept.push(recorded);
      continue;
    }
    set.push({ type: 'set-sysctl', path, value });
    kept.push({ path, before: found, ours: value });
  }
  const undone = record.sysctls.filter(({ path }) => needs.every((need) => need.path !== path));
  const restore = undone.flatMap((entry) => restoreStep(entry, seen, notes));
  return { set, restore, recordBefore: [...kept, ...undone], recordAfter: kept, notes };
}

function restoreStep({ path, before, ours }: ChangedSysctl, seen: MachineState, notes: string[]): Step[] {
  const found = seen.sysctls.get(path);
  if (found === ours) return [{ type: 'restore-sysctl', path, value: before }];
  if (found === undefined) notes.push(`${path} is gone: nothing to put back`);
  else if (found !== before) {
    notes.push(
      `${path} is ${found}: somebody changed it from our ${ours}, it is left; it was ${before} before`,
    );
  }
  return [];
}
