import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { monotonicNowMs } from '@piranha/common';
import { markdownTable } from '../table.js';
import type { Contender, PairName } from './contender.js';
import { settle } from './measure.js';
import { type FailoverStage, SIDES } from './stage.js';

const BEAT_MS = 50;
const LOOPS = 8;
const WATCH_MS = 60_000;
const SAMPLE_EVERY_MS = 20;
const NAMES: readonly PairName[] = ['Piranha', 'Piranha, key', 'Piranha, adaptive', 'keepalived'];

/** Counts takeovers that nobody needed: a pair with short heartbeats beside processes that never rest. */
export async function busyReport(
  stage: FailoverStage,
  make: (name: PairName, beatMs: number) => Contender,
): Promise<string> {
  const rows: string[][] = [];
  for (const name of NAMES) rows.push(await watch(stage, make(name, BEAT_MS)));
  const head = ['pair', 'heartbeats each', 'dead after, ms', 'busy loops', 'watched', 'false takeovers'];
  return markdownTable([...head, 'holders at the end'], rows);
}

async function watch(stage: FailoverStage, contender: Contender): Promise<string[]> {
  const loops: ReturnType<typeof spawn>[] = [];
  try {
    await settle(stage, contender);
    const deadAfterMs = await contender.deadAfterMs();
    for (let number = 0; number < LOOPS; number += 1) {
      loops.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
    }
    const takeovers = await countTakeovers(stage, monotonicNowMs() + WATCH_MS);
    const holders = SIDES.filter((side) => stage.holds(side)).length;
    return [
      contender.name,
      `${BEAT_MS} ms`,
      deadAfterMs.toFixed(0),
      String(LOOPS),
      `${WATCH_MS / 1_000} s`,
      String(takeovers),
      String(holders),
    ];
  } finally {
    for (const loop of loops) loop.kill('SIGKILL');
    await contender.stop();
    await stage.mend();
  }
}

/** How often somebody got the address who did not have it a moment ago. */
async function countTakeovers(stage: FailoverStage, endMs: number): Promise<number> {
  let takeovers = 0;
  let before = SIDES.map((side) => stage.holds(side));
  while (monotonicNowMs() < endMs) {
    await pause(SAMPLE_EVERY_MS);
    const now = SIDES.map((side) => stage.holds(side));
    takeovers += now.filter((holds, index) => holds && before[index] === false).length;
    before = now;
  }
  return takeovers;
}
