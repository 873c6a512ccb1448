import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The rounds are cut into parts: what really grows does so in every one of them, what sways does not. */
const PARTS = 4;
/** Code is compiled and caches are filled meanwhile. */
const WARM_ROUNDS = 200;
/** As many rounds are under way at the same time. */
const SIDE_BY_SIDE = 50;
/** Sockets close a few turns of the loop after they are told to, ms. */
const SETTLE_LIMIT_MS = 30_000;
const COLLECTIONS = 4;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What a process holds. */
interface Held {
  readonly descriptors: number;
  readonly timers: number;
  /** Of JavaScript and of buffers. */
  readonly heapBytes: number;
  /** Memory of the whole process, also what libraries take. */
  readonly residentBytes: number;
}

/** By how much that grew over so many rounds; bytes are those of the part that grew least, for each round. */
export interface Growth extends Held {
  readonly rounds: number;
  readonly processorSeconds: number;
}

function count(): Pick<Held, 'descriptors' | 'timers'> {
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  return { descriptors: readdirSync('/proc/self/fd').length, timers };
}

async function held(expected: Pick<Held, 'descriptors' | 'timers'>, settleLimitMs: number): Promise<Held> {
  const endMs = performance.now() + settleLimitMs;
  let counted = count();
  while (counted.descriptors > expected.descriptors || counted.timers > expected.timers) {
    if (performance.now() > endMs) break;
    await sleep(20);
    counted = count();
  }
  let heapBytes = Number.POSITIVE_INFINITY;
  let residentBytes = Number.POSITIVE_INFINITY;
  for (let collection = 0; collection < COLLECTIONS; collection++) {
    await sleep(10);
    collectGarbage();
    const { heapUsed, external, rss } = process.memoryUsage();
    heapBytes = Math.min(heapBytes, heapUsed + external);
    residentBytes = Math.min(residentBytes, rss);
  }
  return { ...counted, heapBytes, residentBytes };
}

/** Runs `round` so often, several at a time, and tells what this process holds behind them that it did not hold before. */
export async function growthOf(
  rounds: number,
  round: (number: number) => Promise<void>,
  settleLimitMs = SETTLE_LIMIT_MS,
): Promise<Growth> {
  const idle = count();
  const { user: userBefore, system: systemBefore } = process.cpuUsage();
  await runSideBySide(WARM_ROUNDS, round);
  const before = await held(idle, settleLimitMs);
  let last = before;
  let heapBytes = Number.POSITIVE_INFINITY;
  let residentBytes = Number.POSITIVE_INFINITY;
  for (let part = 0; part < PARTS; part++) {
    await runSideBySide(Math.ceil(rounds / PARTS), round);
    const now = await held(before, settleLimitMs);
    heapBytes = Math.min(heapBytes, now.heapBytes - last.heapBytes);
    residentBytes = Math.min(residentBytes, now.residentBytes - last.residentBytes);
    last = now;
  }
  const { user, system } = process.cpuUsage();
  return {
    rounds,
    descriptors: Math.max(0, last.descriptors - before.descriptors),
    timers: Math.max(0, last.timers - before.timers),
    heapBytes: (heapBytes * PARTS) / rounds,
    residentBytes: (residentBytes * PARTS) / rounds,
    processorSeconds: (user + system - userBefore - systemBefore) / 1e6,
  };
}

async function runSideBySide(rounds: number, round: (number: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < rounds) {
      next += 1;
      await round(next);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
}
