import type { DurationSummary, ProbeRateStatus, ProbeStatus, SharedNannyStatus } from '@piranha/protocol';

function lateText(lateness: DurationSummary | undefined): string {
  if (lateness === undefined) return '';
  const { p50Ms, p99Ms, maxMs } = lateness;
  return `, begin late by ${p50Ms} ms, 99 % by at most ${p99Ms}, all by ${maxMs}`;
}

function intervalText(interval: DurationSummary | undefined): string {
  if (interval === undefined) return '';
  const { p50Ms, p99Ms, maxMs } = interval;
  return `, each ${p50Ms} ms after the last, 99 % at most ${p99Ms}, all ${maxMs}`;
}

function paceText({ madePerSecond, allowedPerSecond }: SharedNannyStatus): string {
  if (madePerSecond === undefined) return '';
  const allowed = allowedPerSecond === undefined ? '' : ` of ${Math.round(allowedPerSecond * 10) / 10}`;
  return `, ${madePerSecond}${allowed} checks a second`;
}

function loadText(nanny: SharedNannyStatus): string {
  const { load } = nanny;
  if (load === undefined) return 'has not told anything yet';
  const { services, probes, waiting, lateness, interval } = load;
  const queue = waiting > 0 ? `, ${waiting} wait for their turn` : '';
  return `${services} real services, ${probes} probes${paceText(nanny)}${lateText(lateness)}${intervalText(interval)}${queue}`;
}

/** What `probes_per_second` says, what is made of it, and what it kept waiting. */
function budgetRows(rate: ProbeRateStatus | undefined): string[][] {
  if (rate?.budgetPerSecond === undefined) return [];
  const { budgetPerSecond, madePerSecond, heldBack } = rate;
  return [['budget', `${budgetPerSecond} checks a second, ${madePerSecond} made, ${heldBack} held back`]];
}

/** A row for the nannies of one real service each, and one for each that watches many. */
export function nannyRows(
  nannies: readonly SharedNannyStatus[] = [],
  own: ProbeStatus = { begun: 0, failed: 0 },
  rate?: ProbeRateStatus,
): string[][] {
  const { begun, failed, lateness, interval } = own;
  const punctuality = `${lateText(lateness)}${intervalText(interval)}`;
  const checks = begun === 0 ? [] : [['checks', `${begun} checks, ${failed} failed${punctuality}`]];
  return [
    ...checks,
    ...budgetRows(rate),
    ...nannies.map((nanny) => {
      const starts = nanny.starts > 1 ? ` (${nanny.starts} starts)` : '';
      return ['nanny', `${nanny.name}, pid ${nanny.pid ?? '-'}${starts}: ${loadText(nanny)}`];
    }),
  ];
}
