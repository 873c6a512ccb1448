/** Flags of the IPVS schedulers: three bits, two of which sh and mh give names of their own. */

/** Every name of a flag. */
export const SCHEDULER_FLAGS = [
  'sh-fallback',
  'sh-port',
  'mh-fallback',
  'mh-port',
  'flag-1',
  'flag-2',
  'flag-3',
] as const;

const NUMBERED = ['flag-1', 'flag-2', 'flag-3'];

/** Names of the bits, as ipvsadm prints them. It prints no third one of sh and mh, which do not use it. */
function namesFor(scheduler: string): readonly string[] {
  return scheduler === 'sh' || scheduler === 'mh' ? [`${scheduler}-fallback`, `${scheduler}-port`] : NUMBERED;
}

/** True for a flag that the scheduler takes, by its name or its number. */
export function fitsScheduler(flag: string, scheduler: string): boolean {
  const names = namesFor(scheduler);
  return names.includes(flag) || NUMBERED.slice(0, names.length).includes(flag);
}

/** The flags that fit a scheduler, each once, in ipvsadm's spelling and order. */
export function normalizedFlags(flags: readonly string[], scheduler: string): readonly string[] {
  return namesFor(scheduler).filter(
    (name, index) => flags.includes(name) || flags.includes(NUMBERED[index] ?? name),
  );
}
