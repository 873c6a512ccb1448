import { setTimeout as pause } from 'node:timers/promises';
import { monotonicNowMs } from '@piranha/common';
import { privateMemoryBytes } from '../memory.js';
import { processorSeconds } from '../processor-time.js';
import { sumOf } from '../sum-of.js';
import { markdownTable } from '../table.js';
import type { Contender, PairName } from './contender.js';
import { settle } from './measure.js';
import type { FailoverStage, Side } from './stage.js';

const BEATS_MS = [1_000, 10] as const;
const NAMES: readonly PairName[] = ['Piranha', 'Piranha, key', 'keepalived'];
/** What a start leaves behind is over, and Node has given memory back. */
const WARM_MS = 15_000;
const WATCH_MS = 20_000;

const ROLES = { a: 'active', b: 'standby' } as const;

/** Makes a pair on the stage with heartbeats of this interval. */
type PairMaker = (name: PairName, beatMs: number) => Contender;

/** What pairs use while nothing happens: processor time and memory of what beats and decides, and of a whole director. */
export async function idleReport(stage: FailoverStage, make: PairMaker): Promise<string> {
  const rows: string[][] = [];
  for (const beatMs of BEATS_MS) {
    for (const name of NAMES) rows.push(...(await measure(stage, make(name, beatMs), beatMs)));
  }
  const head = ['heartbeats each', 'pair', 'director', 'heartbeats: % of a processor', 'private memory, MB'];
  return markdownTable([...head, 'whole director: % of a processor', 'private memory, MB'], rows);
}

async function measure(stage: FailoverStage, contender: Contender, beatMs: number): Promise<string[][]> {
  try {
    await settle(stage, contender);
    await pause(WARM_MS);
    const sides = Object.keys(ROLES) as Side[];
    const groups = sides.map((side) => [contender.deciders(side), contender.processes(side)] as const);
    const before = secondsOfEach(groups.flat(2));
    const startedMs = monotonicNowMs();
    await pause(WATCH_MS);
    const seconds = (monotonicNowMs() - startedMs) / 1_000;
    const after = secondsOfEach(groups.flat(2));
    const cells = (pids: readonly number[]): string[] => {
      const lasting = pids.filter((pid) => before.has(pid) && after.has(pid));
      const used = sumOf(lasting, (pid) => (after.get(pid) ?? 0) - (before.get(pid) ?? 0));
      const bytes = sumOf(lasting, privateMemoryBytes);
      return [((100 * used) / seconds).toFixed(1), (bytes / 1024 / 1024).toFixed(1)];
    };
    return sides.map((side, index) => [
      `${beatMs / 1_000} s`,
      contender.name,
      ROLES[side],
      ...(groups[index] ?? []).flatMap(cells),
    ]);
  } finally {
    await contender.stop();
    await stage.mend();
  }
}

/** Processor time that each of these processes has used, user and system; one that has ended is left out. */
function secondsOfEach(pids: readonly number[]): ReadonlyMap<number, number> {
  const used = new Map<number, number>();
  for (const pid of pids) {
    try {
      used.set(pid, processorSeconds(pid));
    } catch {
      // Such as one that announces an address, and ends.
    }
  }
  return used;
}
