import { setTimeout as pause } from 'node:timers/promises';
import { monotonicNowMs } from '@piranha/common';
import { until } from '../../guest/requests.js';
import type { Contender } from './contender.js';
import type { FailoverCase } from './events.js';
import { type HolderSample, longestGap, sharedMs } from './gap.js';
import { type FailoverStage, SIDES } from './stage.js';

const READY_LIMIT_MS = 30_000;
/** So long both are left alone before the client starts: beyond what is only true right after a start. */
const SETTLE_MS = 4_000;
const CLIENT_START_MS = 750;
const SAMPLE_EVERY_MS = 20;
/** A busy machine may tell of a beat so much later. */
const BEAT_SLACK_MS = 2_000;

/** What one run showed. */
export interface FailoverSample {
  /** After how long a silence the partner counted as dead, milliseconds. */
  readonly deadAfterMs: number;
  /** The longest time in which the client got no answer, milliseconds. */
  readonly gapMs: number;
  /** From the last beat that reached the partner to the first answer after the gap, milliseconds; only for a crash. */
  readonly sinceBeatMs: number | undefined;
  /** How long two directors had the address, milliseconds. */
  readonly sharedMs: number;
  /** How many had it at the end. */
  readonly finalHolders: number;
}

/**
 * One run of one pair, from its start to its end.
 * @param phase which part of a beat has passed when the event comes, 0 to 1
 * @throws Error when the pair does not come up
 */
export async function measureFailover(
  stage: FailoverStage,
  contender: Contender,
  { beatMs, kills, watchMs, happen }: FailoverCase,
  phase: number,
): Promise<FailoverSample> {
  try {
    await settle(stage, contender);
    const deadAfterMs = await contender.deadAfterMs();
    stage.startClient();
    await pause(CLIENT_START_MS);
    await phaseOfBeat(stage, beatMs, phase);
    const eventMs = monotonicNowMs();
    await happen(contender, stage);
    const samples = await watchHolders(stage, kills, eventMs + watchMs);
    const endMs = monotonicNowMs();
    const [answers, lastBeatMs] = [await stage.answers(), await stage.lastBeatMs()];
    const gap = longestGap(answers, eventMs, endMs);
    return {
      deadAfterMs,
      gapMs: gap.durationMs,
      sinceBeatMs: kills && lastBeatMs !== undefined ? gap.endMs - lastBeatMs : undefined,
      sharedMs: sharedMs(samples),
      finalHolders: samples.at(-1)?.holders ?? 0,
    };
  } finally {
    await contender.stop();
    await stage.mend();
  }
}

/** Starts `a`, then `b`, and waits until `a` alone has held the address for a while. */
export async function settle(stage: FailoverStage, contender: Contender): Promise<void> {
  const isRight = (): boolean => stage.holds('a') && !stage.holds('b');
  try {
    contender.start('a');
    await until(`${contender.name} to hold the address`, isRight, READY_LIMIT_MS);
    contender.start('b');
    await until(`${contender.name} to stand by`, () => contender.standsBy(), READY_LIMIT_MS);
    await pause(SETTLE_MS);
    if (!isRight()) throw new Error('the standby director took the address');
  } catch (error) {
    throw new Error(`${String(error)}\n${contender.lastLines()}`);
  }
}

/** Waits until this part of a beat has passed since one of `a` arrived. */
async function phaseOfBeat(stage: FailoverStage, beatMs: number, phase: number): Promise<void> {
  const before = stage.latestBeatMs;
  const beat = (): number | false => stage.latestBeatMs !== before && (stage.latestBeatMs ?? false);
  const atMs = await until('the next beat', beat, 5 * beatMs + BEAT_SLACK_MS, 1);
  await pause(Math.max(0, atMs + phase * beatMs - monotonicNowMs()));
}

async function watchHolders(stage: FailoverStage, isCut: boolean, endMs: number): Promise<HolderSample[]> {
  const sides = isCut ? SIDES.filter((side) => side !== 'a') : SIDES;
  const samples: HolderSample[] = [];
  for (;;) {
    const atMs = monotonicNowMs();
    samples.push({ atMs, holders: sides.filter((side) => stage.holds(side)).length });
    if (atMs >= endMs) return samples;
    await pause(SAMPLE_EVERY_MS);
  }
}
