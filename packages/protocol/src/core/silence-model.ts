import type { HeartbeatMeasurement, SilenceWindow, Windows } from '../heartbeat-measurement.js';
import { countLater, latenessQuantileMs } from './lateness.js';

/**
 * How often a partner that lives is silent for longer than a deadtime.
 *
 * Measured is the time between two arrivals on ANY path: what the paths lose together is in it, and no independence of
 * paths is assumed. A heartbeat is missed when it is not there `t` ms after it was due. Of `n` keepalives, N(j) began a
 * silence in which j heartbeats were missed. The share of such silences, G(j), is at least the upper 95 % bound of
 * N(j)/n. Beyond what was measured, each further heartbeat is missed with the hazard h: G(j+1) = G(j) h. While losses do
 * not come in bursts, h is the upper 95 % bound of the share of missed heartbeats; with none missed that is 3/n, the rule
 * of three: few beats promise little. It is never below 1 %, for hardly a network loses quite by chance. Where N(j+1) is
 * more than chance makes of N(j), losses come in bursts, and h is the largest share of silences that went on, with an
 * allowance for small numbers. A deadtime D needs j = (D - t) / keepalive missed heartbeats in a row. Every `t` gives a
 * bound of its own; the best of a few counts.
 *
 * What it cannot know: a fault that did not happen while it was measured, such as a switch that restarts.
 */

const YEAR_MS = 365.25 * 86_400_000;
/** Quantiles of the lateness that are tried as `t`, the largest value below half a keepalive beside them. */
const TRIED_QUANTILES = [0.9, 0.99, 0.999, 0.9999, 1];
/** Further heartbeats in a row than these are not looked at one by one. */
const LONGEST_RUN = 2_000;
/** What a silence that went on counts less for, where few were measured. */
const PRIOR_SILENCES = 10;

/** A heartbeat behind a missed one is missed so often at least. */
const LEAST_HAZARD = 0.01;

export interface SilenceSample {
  readonly keepaliveMs: number;
  readonly window: SilenceWindow;
  /** Upper 95 % bound of the share of heartbeats that the best path loses, 0 to 1. */
  readonly bestPathLoss: number;
  /** Lateness that all but one in 1,000 heartbeats of the best path keep, ms. */
  readonly bestPathTailMs: number;
}

type Measured = Pick<HeartbeatMeasurement, 'keepaliveMs' | 'paths' | 'together'>;

/** What the model needs of a measurement, in one window. */
export function silenceSample(
  { keepaliveMs, paths, together }: Measured,
  window: keyof Windows<SilenceWindow>,
): SilenceSample {
  const qualities = paths.filter(({ heard }) => heard).map(({ quality }) => quality[window]);
  const losses = qualities.map(({ beats, lost }) => bound(lost, beats + lost));
  const tails = qualities.map(({ p999Ms }) => p999Ms);
  return {
    keepaliveMs,
    window: together[window],
    bestPathLoss: Math.min(1, ...losses),
    bestPathTailMs: tails.length === 0 ? 0 : Math.min(...tails),
  };
}

/** The model for one allowance `t`. */
interface Chain {
  readonly allowanceMs: number;
  /** G(1), G(2)…, as far as it was measured; never empty. */
  readonly shares: readonly number[];
  /** Upper 95 % bound of the share of missed heartbeats. */
  readonly share: number;
  /** Of one more heartbeat behind those missed. */
  readonly hazard: number;
}

/** Upper 95 % bound of the expectation behind a count (Wilson and Hilferty): about 3 for none, 4.7 for one. */
export function upperCount(count: number): number {
  const next = count + 1;
  return next * (1 - 1 / (9 * next) + 1.645 / (3 * Math.sqrt(next))) ** 3;
}

/** Keepalives in the time that was measured. */
export function intervalsOf({ keepaliveMs, window }: SilenceSample): number {
  return window.observedMs / keepaliveMs;
}

function bound(count: number, intervals: number): number {
  return intervals > 0 ? Math.min(1, upperCount(count) / intervals) : 1;
}

/** How many silences missed 1, 2… heartbeats at least. */
function runsOf({ keepaliveMs, window }: SilenceSample, allowanceMs: number): number[] {
  const runs: number[] = [];
  for (let missed = 0; missed < LONGEST_RUN; missed += 1) {
    const count = countLater(window.late, allowanceMs + missed * keepaliveMs);
    if (count <= 0) break;
    runs.push(count);
  }
  return runs;
}

/** The hazard where losses come in bursts; 0 where each number of longer silences may be chance. */
function burstHazard(runs: readonly number[], share: number): number {
  return runs.slice(1).reduce((largest, longer, index) => {
    const began = runs[index] ?? 0;
    const expected = began * share;
    if (longer <= expected + 3 * Math.sqrt(expected)) return largest;
    return Math.max(largest, Math.min(1, upperCount(longer) / (began + PRIOR_SILENCES)));
  }, 0);
}

function chainFor(sample: SilenceSample, allowanceMs: number, burstElsewhere = 0): Chain {
  const intervals = intervalsOf(sample);
  const runs = runsOf(sample, allowanceMs);
  const missed = runs.reduce((sum, count) => sum + count, 0);
  // With an allowance beyond a keepalive, later heartbeats hide the missed ones from these counts.
  const hidden = allowanceMs < sample.keepaliveMs ? 0 : sample.bestPathLoss;
  const share = Math.min(1, Math.max(bound(missed, intervals), hidden));
  const hazard = Math.max(LEAST_HAZARD, share, burstElsewhere, burstHazard(runs, share));
  const shares = [bound(runs[0] ?? 0, intervals)];
  for (const count of runs.slice(1)) {
    const before = shares.at(-1) ?? 1;
    shares.push(Math.min(before, Math.max(bound(count, intervals), before * hazard)));
  }
  return { allowanceMs, shares, share, hazard };
}

function isBursty({ share, hazard }: Chain): boolean {
  return hazard > Math.max(LEAST_HAZARD, share);
}

/** The largest lateness of heartbeats that were not missed altogether, ms. */
function tailBelowHalf({ keepaliveMs, window }: SilenceSample): number {
  return window.late.filter(([upToMs]) => upToMs <= keepaliveMs / 2).at(-1)?.[0] ?? 0;
}

function chainsOf(sample: SilenceSample): readonly Chain[] {
  const intervals = intervalsOf(sample);
  const quantiles = TRIED_QUANTILES.map((share) => latenessQuantileMs(sample.window.late, intervals, share));
  const first = chainFor(sample, tailBelowHalf(sample));
  // A large allowance swallows bursts: what the smallest one shows of them holds for all.
  const burst = isBursty(first) ? first.hazard : 0;
  return [first, ...[...new Set(quantiles)].map((allowance) => chainFor(sample, allowance, burst))];
}

function shareOf({ shares, hazard }: Chain, missed: number): number {
  if (missed < 1) return 1;
  const last = shares.at(-1) ?? 1;
  return shares[missed - 1] ?? last * hazard ** (missed - shares.length);
}

/** How often a year something happens that begins at a share of the keepalives. */
export function takeoversPerYear(keepaliveMs: number, shareOfKeepalives: number): number {
  return (YEAR_MS / keepaliveMs) * shareOfKeepalives;
}

/**
 * False takeovers to be expected in a year with a deadtime, ms: an upper bound under the model above. Never more than one
 * for each keepalive.
 */
export function falseTakeoversPerYear(sample: SilenceSample, deadtimeMs: number): number {
  const { keepaliveMs, window } = sample;
  const best = Math.min(
    ...chainsOf(sample).map((chain) =>
      shareOf(chain, Math.floor((deadtimeMs - chain.allowanceMs) / keepaliveMs + 1e-9)),
    ),
  );
  // Whatever the model says: what has happened may happen.
  const happened = deadtimeMs < window.longestMs ? bound(1, intervalsOf(sample)) : 0;
  return takeoversPerYear(keepaliveMs, Math.max(best, happened));
}

/** The least number of heartbeats in a row whose loss is rare enough; undefined beyond `LONGEST_RUN`. */
function missedFor(chain: Chain, wantedShare: number): number | undefined {
  for (let missed = 2; missed <= LONGEST_RUN; missed += 1) {
    if (shareOf(chain, missed) <= wantedShare) return missed;
  }
  return undefined;
}

/**
 * The shortest deadtime, ms, with at most `perYear` false takeovers a year: at least two keepalives and the lateness
 * allowed, so that one lost heartbeat never ends in a takeover. Undefined where no reasonable one would do.
 */
export function shortestDeadtimeMs(sample: SilenceSample, perYear: number): number | undefined {
  const { keepaliveMs, window } = sample;
  const wanted = perYear / takeoversPerYear(keepaliveMs, 1);
  const found = chainsOf(sample).flatMap((chain) => {
    const missed = missedFor(chain, wanted);
    return missed === undefined ? [] : [missed * keepaliveMs + chain.allowanceMs];
  });
  if (found.length === 0) return undefined;
  const shortest = Math.min(...found);
  return bound(1, intervalsOf(sample)) <= wanted ? shortest : Math.max(shortest, window.longestMs);
}

/** Lateness of heartbeats that were not lost, ms: the largest that can be told from a loss. */
export function measuredTailMs(sample: SilenceSample): number {
  return Math.max(tailBelowHalf(sample), sample.bestPathTailMs);
}

export interface MissedHeartbeats {
  /** Silences in which one was missed at least. */
  readonly count: number;
  /** Upper 95 % bound of the share of heartbeats that are missed. */
  readonly share: number;
  /** How often one more is missed behind those. */
  readonly hazard: number;
  readonly bursts: boolean;
}

/** The heartbeats that came on no path, or too late. */
export function missedHeartbeats(sample: SilenceSample): MissedHeartbeats {
  const chain = chainFor(sample, tailBelowHalf(sample));
  const count = countLater(sample.window.late, chain.allowanceMs);
  return { count, share: chain.share, hazard: chain.hazard, bursts: isBursty(chain) };
}

/** How many silences on all paths were longer than `silenceMs`; a few too many where the scale is coarse. */
export function silencesLonger({ keepaliveMs, window }: SilenceSample, silenceMs: number): number {
  return countLater(window.late, silenceMs - keepaliveMs);
}

/** What the measured time alone, without any model, excludes with 95 %: false takeovers a year. */
export function boundByTimeAlone(sample: SilenceSample, deadtimeMs: number): number {
  const { observedMs } = sample.window;
  const longer = silencesLonger(sample, deadtimeMs);
  return observedMs > 0 ? (upperCount(longer) * YEAR_MS) / observedMs : Number.POSITIVE_INFINITY;
}
