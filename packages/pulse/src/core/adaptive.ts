import type { HeartbeatMeasurement, PathMeasurement, SilenceWindow, Windows } from '@piranha/protocol';
import {
  intervalsOf,
  measuredTailMs,
  shortestDeadtimeMs,
  silenceSample,
  silencesLonger,
} from '@piranha/protocol/heartbeat-advice';
import { GUARDIAN_TICK_MS, standInAfterMs } from './guardian.js';

/** Keepalives that must have been measured before a shorter silence than the deadtime is believed. */
const FEWEST_INTERVALS = 10_000;
/** A path that lost more in the last hour is no witness. */
const WORST_LOSS = 0.2;
/** Paths of which so large a share of the gaps coincide have a common cause. */
const COINCIDING_SHARE = 0.2;
const FEWEST_COINCIDENCES = 3;

type Measured = Pick<
  HeartbeatMeasurement,
  'keepaliveMs' | 'deadtimeMs' | 'falseTakeoverYears' | 'paths' | 'together'
>;

/** A threshold, or why there is none; never both. */
export interface AdaptiveMode {
  /** Silence on all paths, ms, at which the partner may be declared dead. */
  readonly thresholdMs?: number;
  readonly because?: string;
}

function isWitness({ heard, quality: { hour } }: PathMeasurement): boolean {
  return heard && hour.beats > 0 && hour.lost / (hour.beats + hour.lost) <= WORST_LOSS;
}

/** True where the paths fall silent together more often than chance makes them, as on one wire. */
function areCorrelated(measured: Measured, witnesses: readonly PathMeasurement[]): boolean {
  const sample = silenceSample(measured, 'month');
  const together = silencesLonger(sample, 1.5 * measured.keepaliveMs);
  const losses = witnesses.map(({ quality: { month } }) => month);
  const chance = losses.reduce((share, { beats, lost }) => share * (lost / (beats + lost)), 1);
  const expected = chance * intervalsOf(sample);
  const fewest = Math.max(1, Math.min(...losses.map(({ lost }) => lost)));
  return (
    together >= FEWEST_COINCIDENCES &&
    together > expected + 3 * Math.sqrt(expected) &&
    together / fewest > COINCIDING_SHARE
  );
}

/** The threshold by one window: the model's deadtime, at least two keepalives (or `leastMs`) and the measured lateness. */
function thresholdBy(measured: Measured, window: keyof Windows<SilenceWindow>, leastMs: number): number {
  const sample = silenceSample(measured, window);
  const byModel = shortestDeadtimeMs(sample, 1 / measured.falseTakeoverYears) ?? Number.POSITIVE_INFINITY;
  return Math.max(byModel, Math.max(leastMs, 2 * measured.keepaliveMs) + measuredTailMs(sample));
}

/**
 * The silence, ms, that a partner whose pulse hangs makes until its guardian beats for it: what its heartbeats were
 * hardly ever silent for, and yet no death.
 */
export function guardedSilenceMs({
  keepaliveMs,
  deadtimeMs,
}: Pick<Measured, 'keepaliveMs' | 'deadtimeMs'>): number {
  return keepaliveMs + standInAfterMs(deadtimeMs) + GUARDIAN_TICK_MS;
}

/**
 * How short a silence on ALL paths proves a death, where two or more paths without a common cause are measured well
 * enough: false alarms stay below one in `falseTakeoverYears` by the model of the deadtime, by the last 30 days and by the
 * last day each. The threshold is longer than `leastMs` and shorter than the deadtime, or there is none. Whoever uses it
 * leaves out a process that itself was late, and a path that is down.
 */
export function adaptiveMode(measured: Measured, leastMs = 0): AdaptiveMode {
  const witnesses = measured.paths.filter(isWitness);
  if (witnesses.length < 2) return { because: 'fewer than two paths are heard well' };
  const windows = (['month', 'day'] as const).filter(
    (window) => intervalsOf(silenceSample(measured, window)) >= FEWEST_INTERVALS,
  );
  if (windows.length === 0) return { because: `fewer than ${FEWEST_INTERVALS} heartbeats were measured` };
  if (areCorrelated(measured, witnesses)) return { because: 'the paths fall silent together' };
  const thresholdMs = Math.ceil(Math.max(...windows.map((window) => thresholdBy(measured, window, leastMs))));
  if (thresholdMs >= measured.deadtimeMs) return { because: 'what was measured asks for the whole deadtime' };
  return { thresholdMs };
}
