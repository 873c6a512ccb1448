/** The schedulers that lvs.cf has words for. */
export const SCHEDULERS: readonly string[] = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'lblc',
  'lblcr',
  'dh',
  'sh',
  'sed',
  'nq',
  'mh',
  'fo',
  'ovf',
  'twos',
];

/** True for a flag that a scheduler takes. */
export function fitsScheduler(flag: string, scheduler: string): boolean {
  const named = scheduler === 'sh' || scheduler === 'mh';
  const flags = named
    ? [`${scheduler}-fallback`, `${scheduler}-port`, 'flag-1', 'flag-2']
    : ['flag-1', 'flag-2', 'flag-3'];
  return flags.includes(flag);
}
