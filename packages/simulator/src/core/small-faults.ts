import type { ClockStep, Fault, Script, TimedFault } from './faults.js';
import type { NodeName } from './names.js';
import { SeededRandom } from './random.js';

/**
 * What should hardly be noticed, added to the script of a seed. Drawn from a stream of its own, so that all else of a seed
 * stays what it was.
 */

/** Sets this stream apart from the one that the faults are drawn from. */
const STREAM = 0x5ca1ab1e;
/** The longest way that a wall clock is put, ms: a day. */
const LONGEST_STEP_MS = 86_400_000;

/**
 * @param unitMs the deadtime: faults last by it
 * @param hasFailback addresses go back to who is fit: directors lose their real servers more often
 */
export function withSmallFaults(
  script: Script,
  names: readonly NodeName[],
  unitMs: number,
  hasFailback: boolean,
): Script {
  const random = new SeededRandom(script.seed ^ STREAM);
  const one = withOne(random, script.faults, unitMs, 0.15, () => smallFault(random, names, unitMs));
  const faults = hasFailback ? withOutage(random, one, names, unitMs) : one;
  const lastMs = Math.max(0, ...faults.map(({ atMs }) => atMs));
  const step = (): ClockStep => {
    const longestMs = random.pick([unitMs, 10 * unitMs, LONGEST_STEP_MS]);
    const stepMs = random.between(1, longestMs) * random.pick([1, -1]);
    return { atMs: random.between(0, lastMs + 2 * unitMs), node: random.pick(names), stepMs };
  };
  const clockSteps = random.chance(0.4) ? Array.from({ length: random.between(1, 3) }, step) : [];
  // Drawn last, so that all else of a seed stays what it was.
  const all = withOne(random, faults, unitMs, 0.1, () => slowProcess(random, names, unitMs));
  return { ...script, faults: all, clockSteps };
}

/** Near another fault, and long enough that others notice it. */
function withOutage(
  random: SeededRandom,
  faults: readonly TimedFault[],
  names: readonly NodeName[],
  unitMs: number,
): readonly TimedFault[] {
  if (faults.length === 0 || !random.chance(0.6)) return faults;
  const atMs = random.pick(faults).atMs + random.between(0, 4 * unitMs);
  const durationMs = random.between(2 * unitMs, 10 * unitMs);
  const node = random.chance(0.7) ? (names[0] ?? 'primary') : random.pick(names);
  return [...faults, { atMs, fault: { kind: 'serversDown', node, durationMs } }];
}

/** In place of the only fault, or beside one of several. A reload is tried alone. @param share of the seeds that have it */
function withOne(
  random: SeededRandom,
  faults: readonly TimedFault[],
  unitMs: number,
  share: number,
  draw: () => Fault,
): readonly TimedFault[] {
  const first = faults[0];
  const isReload = faults.some(({ fault }) => fault.kind === 'reload');
  if (first === undefined || isReload || !random.chance(share)) return faults;
  const fault = draw();
  if (faults.length === 1) return [{ atMs: first.atMs, fault }];
  const { atMs } = random.pick(faults);
  return [...faults, { atMs: Math.max(0, atMs + random.between(-unitMs, unitMs)), fault }];
}

function slowProcess(random: SeededRandom, names: readonly NodeName[], unitMs: number): Fault {
  return {
    kind: 'slowProcess',
    node: random.pick(names),
    process: random.pick(['pulse', 'pulse', 'guardian'] as const),
    stallMs: random.between(1, random.pick([Math.round(unitMs / 4), unitMs, 3 * unitMs])),
    runMs: random.between(1, 50),
    durationMs: random.between(unitMs, 8 * unitMs),
  };
}

function smallFault(random: SeededRandom, names: readonly NodeName[], unitMs: number): Fault {
  const durationMs = random.between(1, random.chance(0.5) ? 8 * unitMs : 3_000);
  return {
    kind: random.pick(['freezeGuardian', 'serversDown'] as const),
    node: random.pick(names),
    durationMs,
  };
}
