import { type CheckTarget, checkIntervalMs, DEFAULT_RETRY_DELAY_MS } from './check-targets.js';
import type { NannyPlace } from './nanny-places.js';

/** How `probes_per_second` is divided. */
export interface ProbeBudget {
  /** Checks a second, by the number of the shared nanny. */
  readonly shares: ReadonlyMap<number, number>;
  /** In this time every real service has had its turn, though all want theirs at once, ms. */
  readonly roundMs: number;
}

/** The probe keys of targets by identity: those of one key are checked once. */
type ProbeKeys = ReadonlyMap<string, string>;

/** Checks a second that a target asks for while nothing changes. */
function steadyRate(target: CheckTarget): number {
  return 1_000 / checkIntervalMs(target);
}

/** The same at most: between two states, while it is down, and with the repetitions of failed checks. */
function peakRate(target: CheckTarget): number {
  const { watch } = target.server;
  const intervalMs = checkIntervalMs(target);
  const shortestMs = Math.min(
    intervalMs,
    watch?.fastIntervalMs ?? intervalMs,
    watch?.downIntervalMs ?? intervalMs,
  );
  const retries = watch?.retries ?? 0;
  const delayMs = watch?.retryDelayMs ?? DEFAULT_RETRY_DELAY_MS;
  return (1_000 * (1 + retries)) / (shortestMs + retries * delayMs);
}

/** Rates by probe key. */
function ratesOf(
  targets: readonly CheckTarget[],
  probes: ProbeKeys,
  rateOf: (target: CheckTarget) => number,
): Map<string, number> {
  const rates = new Map<string, number>();
  for (const target of targets) {
    const key = probes.get(target.id) ?? target.id;
    rates.set(key, Math.max(rates.get(key) ?? 0, rateOf(target)));
  }
  return rates;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Checks a second that these targets may ask for together. */
export function peakChecksPerSecond(targets: readonly CheckTarget[], probes: ProbeKeys): number {
  return sum(ratesOf(targets, probes, peakRate).values());
}

/** Divides a budget among the shared nannies by the checks that each of them carries. */
export function probeBudget(
  targets: readonly CheckTarget[],
  probes: ProbeKeys,
  places: ReadonlyMap<string, NannyPlace>,
  perSecond: number,
): ProbeBudget {
  const byNanny = new Map<number, CheckTarget[]>();
  for (const target of targets) {
    const place = places.get(target.id);
    if (typeof place !== 'number') continue;
    const members = byNanny.get(place);
    if (members) members.push(target);
    else byNanny.set(place, [target]);
  }
  const carried = [...byNanny].map(([number, members]) => {
    const rates = ratesOf(members, probes, steadyRate);
    return { number, services: rates.size, rate: sum(rates.values()) };
  });
  const all = sum(carried.map(({ rate }) => rate));
  const shares = new Map(carried.map(({ number, rate }) => [number, (perSecond * rate) / all]));
  const roundsMs = carried.map(({ number, services }) => (1_000 * services) / (shares.get(number) ?? 1));
  return { shares, roundMs: Math.max(0, ...roundsMs) };
}
