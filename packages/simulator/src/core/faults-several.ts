import {
  drawnNoise,
  type Fault,
  MOST_DRIFT,
  MOST_FAULTS,
  type Script,
  type ScriptParts,
  type TimedFault,
} from './faults.js';
import { NODE_NAMES, type NodeName } from './names.js';
import type { SeededRandom } from './random.js';

/** What chance lets happen to more than two directors: all that happens to a pair, and cuts between any sets of them. */

/** Something for each of the first `count` directors. */
function forEachName<T>(
  count: number,
  make: (name: NodeName) => T,
): Script['clockRates'] & Record<NodeName, T> {
  const names = NODE_NAMES.slice(0, count);
  return Object.fromEntries(names.map((name) => [name, make(name)])) as never;
}

/** The script of a seed for so many directors. @param unitMs their deadtime: faults are spaced and last by it */
export function scriptOfSeveral(
  random: SeededRandom,
  seed: number,
  unitMs: number,
  count: number,
  { hasMaintenance, hasWitness }: Pick<ScriptParts, 'hasMaintenance' | 'hasWitness'>,
): Script {
  const names = NODE_NAMES.slice(0, count);
  const clockRates = forEachName(count, () => 1 + (random.next() * 2 - 1) * MOST_DRIFT);
  const startMs = forEachName(count, () => random.pick([100, 250, 600, 1_500]));
  const boot = (): number => (random.chance(0.5) ? 0 : random.between(0, 3 * unitMs));
  const headStartMs = random.chance(0.5) ? 0 : random.between(-3 * unitMs, 3 * unitMs);
  const script = { seed, clockRates, startMs, bootMs: forEachName(count, boot), headStartMs };
  // What one fault alone must come to in a calm group is promised more exactly.
  if (random.chance(0.4)) {
    const atMs = 12 * unitMs + CALM_AFTER_MS + random.between(0, 2 * unitMs);
    return { ...script, faults: [{ atMs, fault: exactFault(random, unitMs, names) }] };
  }
  const faults: TimedFault[] = [];
  let atMs = 4 * unitMs;
  const many = random.between(2, MOST_FAULTS);
  for (let number = 0; number < many; number += 1) {
    atMs += random.between(0, random.chance(0.4) ? 8 * unitMs : unitMs);
    faults.push({ atMs, fault: faultOf(random, unitMs, names) });
    if (hasWitness) faults.push(...witnessFaults(random, atMs, unitMs, names));
    if (hasMaintenance && random.chance(0.3)) {
      const node = random.pick(names);
      const durationMs = random.between(unitMs, 12 * unitMs);
      const fault = { kind: 'maintenance', node, unlessAlone: random.chance(0.3), durationMs } as const;
      faults.push({ atMs: atMs + random.between(0, unitMs), fault });
    }
  }
  return { ...script, faults };
}

/** Processes have started by then, ms. */
const CALM_AFTER_MS = 3_000;

/** A fault whose outcome is promised in detail; mostly at the first director, who serves then. */
function exactFault(random: SeededRandom, unitMs: number, names: readonly NodeName[]): Fault {
  const [first, ...others] = names as readonly [NodeName, ...NodeName[]];
  const durationMs = random.between(4 * unitMs, 8 * unitMs);
  switch (random.pick(['handover', 'cut', 'crash', 'any'] as const)) {
    case 'handover':
      return { kind: 'handover', node: first, to: random.pick(others) };
    case 'cut':
      return {
        kind: 'cut',
        from: first,
        to: random.pick(others),
        paths: [0, 1],
        both: random.chance(0.5),
        durationMs,
      };
    case 'crash':
      return { kind: 'crash', node: first, durationMs };
    case 'any':
      return faultOf(random, unitMs, names);
  }
}

const KINDS = [
  'cut',
  'part',
  'part',
  'noise',
  'crash',
  'crash',
  'freezePulse',
  'pause',
  'linkDown',
  'stop',
  'killPulse',
  'killGuardian',
  'killDaemons',
  'handover',
  'handover',
  'slow',
] as const;

function faultOf(random: SeededRandom, unitMs: number, names: readonly NodeName[]): Fault {
  const node = random.pick(names);
  const others = names.filter((name) => name !== node);
  const durationMs = random.between(1, random.chance(0.3) ? 8 * unitMs : 2 * unitMs);
  const kind = random.pick(KINDS);
  switch (kind) {
    case 'cut': {
      const paths = random.pick([[0], [0, 1], [0, 1]] as const);
      const cut = { kind, from: node, paths, both: random.chance(0.5), durationMs };
      return random.chance(0.5) ? cut : { ...cut, to: random.pick(others) };
    }
    case 'part':
      return { kind, sets: setsOf(random, names), durationMs };
    case 'noise':
      return { kind, noise: drawnNoise(random, unitMs), durationMs };
    case 'slow':
      return { kind, node, factor: random.between(2, 8), durationMs };
    case 'handover':
      return random.chance(0.4) ? { kind, node } : { kind, node, to: random.pick(others) };
    case 'killPulse':
    case 'killGuardian':
    case 'killDaemons':
      return { kind, node };
    default:
      return { kind, node, durationMs };
  }
}

/** A set of directors that is cut off with the way to the witness, or a witness that some of them lose. */
function witnessFaults(
  random: SeededRandom,
  atMs: number,
  unitMs: number,
  names: readonly NodeName[],
): readonly TimedFault[] {
  const kind = 'witnessCut';
  if (random.chance(0.5)) {
    const sets = setsOf(random, names);
    const durationMs = random.between(2 * unitMs, 8 * unitMs);
    const lost = (sets[0] ?? []).map((node) => ({ atMs, fault: { kind, node, durationMs } }) as const);
    return [{ atMs, fault: { kind: 'part', sets, durationMs } }, ...lost];
  }
  return names
    .filter(() => random.chance(0.3))
    .map((node) => ({
      atMs: atMs + (random.chance(0.5) ? 0 : random.between(0, unitMs)),
      fault: { kind, node, durationMs: random.between(1, 8 * unitMs) },
    }));
}

/** Any sets: each director goes to one of two or three. */
function setsOf(random: SeededRandom, names: readonly NodeName[]): readonly (readonly NodeName[])[] {
  const count = random.between(2, Math.min(3, names.length));
  const sets: NodeName[][] = Array.from({ length: count }, () => []);
  for (const name of names) random.pick(sets).push(name);
  return sets.filter((set) => set.length > 0);
}
