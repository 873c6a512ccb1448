import type { DurationSummary, ProbeStatus, SharedNannyStatus } from '@piranha/protocol';

function lateText(lateness: DurationSummary | undefined): string {
  if (lateness === undefined) return '';
  const { p50Ms, p99Ms, maxMs } = lateness;
  return `, begin late by ${p50Ms} ms, 99 % by at most ${p99Ms}, all by ${maxMs}`;
}

function loadText({ load }: SharedNannyStatus): string {
  if (load === undefined) return 'has not told anything yet';
  const { services, probes, waiting, lateness } = load;
  const queue = waiting > 0 ? `, ${waiting} wait for their turn` : '';
  return `${services} real services, ${probes} probes${lateText(lateness)}${queue}`;
}

/** A row for the nannies of one real service each, and one for each that watches many. */
export function nannyRows(
  nannies: readonly SharedNannyStatus[] = [],
  own: ProbeStatus = { begun: 0, failed: 0 },
): string[][] {
  const { begun, failed, lateness, interval } = own;
  const apart = interval === undefined ? '' : `, each ${interval.p50Ms} ms after the last`;
  const checks =
    begun === 0 ? [] : [['checks', `${begun} checks, ${failed} failed${lateText(lateness)}${apart}`]];
  return [
    ...checks,
    ...nannies.map((nanny) => {
      const starts = nanny.starts > 1 ? ` (${nanny.starts} starts)` : '';
      return ['nanny', `${nanny.name}, pid ${nanny.pid ?? '-'}${starts}: ${loadText(nanny)}`];
    }),
  ];
}
