import type { HeartbeatMeasurement } from '../heartbeat-measurement.js';
import {
  boundByTimeAlone,
  falseTakeoversPerYear,
  intervalsOf,
  measuredTailMs,
  missedHeartbeats,
  type SilenceSample,
  shortestDeadtimeMs,
  silenceSample,
  takeoversPerYear,
} from './silence-model.js';

/** With fewer keepalives than these nothing is promised. */
export const FEWEST_INTERVALS = 1_000;

/** A cluster that waits longer for a dead director is none, ms. */
const LONGEST_DEADTIME_MS = 600_000;

/** Keepalives that are worth a thought, ms. */
const USUAL_KEEPALIVES_MS = [10, 20, 50, 100, 200, 500, 1_000, 2_000];
/** A keepalive that is no more than a few times the lateness has no beats left to lose. */
const TAILS_IN_KEEPALIVE = 4;

/** Settings and the false takeovers a year to be expected with them, an upper bound. */
export interface Timing {
  readonly keepaliveMs: number;
  readonly deadtimeMs: number;
  readonly perYear: number;
}

type AdviceVerdict = 'proposed' | 'no partner' | 'never heard' | 'too few beats' | 'no deadtime would do';

/** What `lvsctl advise` says; which model is behind it is told where falseTakeoversPerYear is defined. */
export interface HeartbeatAdvice {
  readonly verdict: AdviceVerdict;
  /** False takeovers a year that are wanted at most. */
  readonly wantedPerYear: number;
  /** Time in which the partner was heard, ms, of the last 30 days, and the keepalives in it. */
  readonly observedMs: number;
  readonly intervals: number;
  /** Without `perYear` where too little was measured. */
  readonly present: Omit<Timing, 'perYear'> & { readonly perYear?: number | undefined };
  /** What the measured time excludes with 95 % for the proposed deadtime, without any model: false takeovers a year. */
  readonly byTimeAlone?: number | undefined;
  /** For the present keepalive: all of it measured. */
  readonly proposal?: Timing | undefined;
  /** With shorter keepalives, should losses and lateness stay as they are: not measured. */
  readonly shorter: readonly Timing[];
  /** How often heartbeats were missed on all paths, and the upper 95 % bound of their share. */
  readonly missed: number;
  readonly missedShare: number;
  /** Lateness that is allowed for, ms. */
  readonly tailMs: number;
  /** Losses come in bursts. */
  readonly bursts: boolean;
}

/** Up to two significant digits, whole ms, never down: nobody writes deadtime = 3.0174. */
export function roundedUp(ms: number): number {
  const step = Math.max(1, 10 ** (Math.floor(Math.log10(Math.max(1, ms))) - 1));
  return Math.ceil(ms / step - 1e-9) * step;
}

function shorterKeepalives(sample: SilenceSample, wantedPerYear: number, best: Timing): readonly Timing[] {
  const { share, hazard, bursts } = missedHeartbeats(sample);
  // A burst lasts as long whatever the keepalive.
  if (bursts || hazard >= 1) return [];
  const tailMs = measuredTailMs(sample);
  return USUAL_KEEPALIVES_MS.filter(
    (keepaliveMs) => keepaliveMs < sample.keepaliveMs && keepaliveMs >= TAILS_IN_KEEPALIVE * tailMs,
  )
    .map((keepaliveMs) => {
      const inAYear = takeoversPerYear(keepaliveMs, share);
      const more = Math.max(1, Math.ceil(Math.log(wantedPerYear / inAYear) / Math.log(hazard)));
      const deadtimeMs = roundedUp((1 + more) * keepaliveMs + tailMs);
      return { keepaliveMs, deadtimeMs, perYear: inAYear * hazard ** more };
    })
    .filter(({ deadtimeMs }) => deadtimeMs < best.deadtimeMs);
}

function verdictOf(measured: HeartbeatMeasurement, intervals: number): AdviceVerdict | undefined {
  if (measured.partner === 'none') return 'no partner';
  if (!measured.paths.some(({ heard }) => heard)) return 'never heard';
  return intervals < FEWEST_INTERVALS ? 'too few beats' : undefined;
}

/**
 * The shortest deadtime for the present keepalive with at most one false takeover in `years`, and what is to be expected
 * of the present settings. Nothing is proposed, and nothing expected, where too little was measured.
 */
export function adviseHeartbeats(measured: HeartbeatMeasurement, years: number): HeartbeatAdvice {
  const sample = silenceSample(measured, 'month');
  const wantedPerYear = 1 / years;
  const intervals = intervalsOf(sample);
  const { keepaliveMs, deadtimeMs } = measured;
  const { count, share, bursts } = missedHeartbeats(sample);
  const figures = {
    wantedPerYear,
    observedMs: sample.window.observedMs,
    intervals: Math.round(intervals),
    missed: count,
    missedShare: share,
    tailMs: measuredTailMs(sample),
    bursts,
  };
  const refusal = verdictOf(measured, intervals);
  if (refusal !== undefined) {
    return { ...figures, verdict: refusal, present: { keepaliveMs, deadtimeMs }, shorter: [] };
  }
  const present = { keepaliveMs, deadtimeMs, perYear: falseTakeoversPerYear(sample, deadtimeMs) };
  const shortest = shortestDeadtimeMs(sample, wantedPerYear);
  if (shortest === undefined || shortest > LONGEST_DEADTIME_MS)
    return { ...figures, verdict: 'no deadtime would do', present, shorter: [] };
  const proposed = roundedUp(shortest);
  const perYear = falseTakeoversPerYear(sample, proposed);
  const proposal = { keepaliveMs, deadtimeMs: proposed, perYear };
  return {
    ...figures,
    verdict: 'proposed',
    present,
    proposal,
    byTimeAlone: boundByTimeAlone(sample, proposed),
    shorter: shorterKeepalives(sample, wantedPerYear, proposal),
  };
}
