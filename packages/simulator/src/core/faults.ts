import type { NodeName, PerNode } from './names.js';
import type { Noise, PathNumber } from './network.js';
import type { SeededRandom } from './random.js';
import type { ReloadTimes } from './reloads.js';

/** What happens to the pair; what has a duration ends by itself, so that any part of a script is a script. */
export type Fault =
  | {
      readonly kind: 'cut';
      /** Whose packets are lost. */
      readonly from: NodeName;
      readonly paths: readonly PathNumber[];
      /** Both directions. */
      readonly both: boolean;
      /** The way to this one alone; absent: to all. */
      readonly to?: NodeName;
      readonly durationMs: number;
    }
  /** No packet gets from one set of directors to another. */
  | { readonly kind: 'part'; readonly sets: readonly (readonly NodeName[])[]; readonly durationMs: number }
  | { readonly kind: 'noise'; readonly noise: Noise; readonly durationMs: number }
  | {
      readonly kind:
        | 'crash'
        | 'freezePulse'
        | 'freezeGuardian'
        | 'serversDown'
        | 'pause'
        | 'linkDown'
        | 'stop'
        | 'witnessCut';
      readonly node: NodeName;
      readonly durationMs: number;
    }
  | { readonly kind: 'killPulse' | 'killGuardian' | 'killDaemons'; readonly node: NodeName }
  /** `group`: that one alone; `to`: one of several directors. */
  | {
      readonly kind: 'handover';
      readonly node: NodeName;
      readonly group?: string;
      readonly to?: NodeName;
    }
  | {
      readonly kind: 'maintenance';
      readonly node: NodeName;
      readonly unlessAlone: boolean;
      readonly durationMs: number;
    }
  /** A director reads a file with other times, and its partner after `durationMs`. */
  | {
      readonly kind: 'reload';
      readonly node: NodeName;
      readonly times: ReloadTimes;
      readonly durationMs: number;
    }
  | { readonly kind: 'slow'; readonly node: NodeName; readonly factor: number; readonly durationMs: number }
  /** One process gets too little of a processor: it stands still again and again, and runs for a moment in between. */
  | {
      readonly kind: 'slowProcess';
      readonly node: NodeName;
      readonly process: 'pulse' | 'guardian';
      readonly stallMs: number;
      readonly runMs: number;
      readonly durationMs: number;
    };

/** A fault and its time, ms after the beginning. */
export interface TimedFault {
  readonly atMs: number;
  readonly fault: Fault;
}

/** All that chance decides about a run beside the small things: seed, clocks and faults. */
export interface Script {
  readonly seed: number;
  /** What each clock gains, 1 for none. */
  readonly clockRates: PerNode<number>;
  /** How long a process takes to start on each node, ms. */
  readonly startMs: PerNode<number>;
  /** How much earlier the primary boots; negative: later. */
  readonly headStartMs: number;
  /** When the directors beyond a pair boot. */
  readonly bootMs?: Readonly<Partial<Record<NodeName, number>>>;
  readonly faults: readonly TimedFault[];
  /** Wall clocks that are set to another time. */
  readonly clockSteps?: readonly ClockStep[] | undefined;
}

/** A wall clock is set forwards, or backwards where `stepMs` is negative. No fault: nothing may come of it. */
export interface ClockStep {
  readonly atMs: number;
  readonly node: NodeName;
  readonly stepMs: number;
}

const NODES: readonly NodeName[] = ['primary', 'backup'];
export const MOST_FAULTS = 10;
/** Clocks of real machines differ by far less. */
export const MOST_DRIFT = 0.01;

/** What a pair has beside two directors. */
export interface ScriptParts {
  /** The ways to a third host are cut too. */
  readonly hasWitness: boolean;
  /** Operators order maintenance standby too. */
  readonly hasMaintenance: boolean;
  /** Groups of addresses of which operators move one alone; none where all move together. */
  readonly groups?: readonly string[];
}

/**
 * The script of a seed.
 * @param unitMs the deadtime of the pair: faults are spaced and last by it
 */
export function scriptOf(
  random: SeededRandom,
  seed: number,
  unitMs: number,
  { hasWitness, hasMaintenance, groups = [] }: ScriptParts,
): Script {
  const drift = (): number => 1 + (random.next() * 2 - 1) * MOST_DRIFT;
  const clockRates = { primary: drift(), backup: drift() };
  const start = (): number => random.pick([100, 250, 600, 1_500]);
  const startMs = { primary: start(), backup: start() };
  const headStartMs = random.chance(0.5) ? 0 : random.between(-3 * unitMs, 3 * unitMs);
  const faults: TimedFault[] = [];
  // Groups first have to come to who is preferred for them.
  const hasGroups = groups.length > 0;
  let atMs = (hasGroups ? 8 : 4) * unitMs;
  // What one fault alone must come to is promised more exactly.
  const count = random.chance(hasGroups ? 0.6 : 0.3) ? 1 : random.between(2, MOST_FAULTS);
  for (let number = 0; number < count; number += 1) {
    atMs += random.between(0, random.chance(0.4) ? 8 * unitMs : unitMs);
    faults.push({ atMs, fault: ofOneGroup(random, faultOf(random, unitMs), groups) });
    if (hasWitness) faults.push(...witnessFaults(random, atMs, unitMs));
    if (hasMaintenance && random.chance(0.5)) faults.push(maintenance(random, atMs, unitMs));
  }
  // Each director has its own groups from the start where both boot together; mostly that is tried.
  if (hasGroups && seed % 3 !== 0) {
    const together = { primary: startMs.primary, backup: startMs.primary };
    return { seed, clockRates, startMs: together, headStartMs: 0, faults };
  }
  return { seed, clockRates, startMs, headStartMs, faults };
}

/** Half of the handovers are of one group alone, where there are several. */
function ofOneGroup(random: SeededRandom, fault: Fault, groups: readonly string[]): Fault {
  const isOfOne = groups.length > 0 && fault.kind === 'handover' && random.chance(0.5);
  return isOfOne ? { ...fault, group: random.pick(groups) } : fault;
}

/** A node that is cut off whole, or a witness that is lost a little before or after something else. */
function witnessFaults(random: SeededRandom, atMs: number, unitMs: number): readonly TimedFault[] {
  const kind = 'witnessCut';
  if (random.chance(0.3)) {
    const node = random.pick(NODES);
    const durationMs = random.between(2 * unitMs, 8 * unitMs);
    const cut = { kind: 'cut', from: node, paths: [0, 1], both: true, durationMs } as const;
    return [
      { atMs, fault: cut },
      { atMs, fault: { kind, node, durationMs } },
    ];
  }
  return NODES.filter(() => random.chance(0.4)).map((node) => ({
    atMs: atMs + (random.chance(0.5) ? 0 : random.between(0, unitMs)),
    fault: { kind, node, durationMs: random.between(1, 8 * unitMs) },
  }));
}

/** An order a little before or after something else, long enough that the partner may die meanwhile. */
function maintenance(random: SeededRandom, atMs: number, unitMs: number): TimedFault {
  const durationMs = random.between(unitMs, 12 * unitMs);
  const node = random.pick(NODES);
  const fault = { kind: 'maintenance', node, unlessAlone: random.chance(0.3), durationMs } as const;
  return { atMs: random.chance(0.3) ? atMs : Math.max(0, atMs + random.between(-unitMs, unitMs)), fault };
}

/** What a network does that is bad, but not cut. @param unitMs the deadtime */
export function drawnNoise(random: SeededRandom, unitMs: number): Noise {
  return {
    lossShare: random.pick([0, 0.02, 0.1, 0.3]),
    jitterMs: random.between(0, Math.round(unitMs / 4)),
    duplicateShare: random.pick([0, 0.2]),
  };
}

function faultOf(random: SeededRandom, unitMs: number): Fault {
  const node = random.pick(NODES);
  const durationMs = random.between(1, random.chance(0.3) ? 8 * unitMs : 2 * unitMs);
  const kind = random.pick([
    'cut',
    'cut',
    'noise',
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
  ] as const);
  switch (kind) {
    case 'cut': {
      const paths = random.pick([[0], [1], [0, 1], [0, 1]] as const);
      return { kind, from: node, paths, both: random.chance(0.5), durationMs };
    }
    case 'noise':
      return { kind, noise: drawnNoise(random, unitMs), durationMs };
    case 'slow':
      return { kind, node, factor: random.between(2, 8), durationMs };
    case 'killPulse':
    case 'killGuardian':
    case 'killDaemons':
    case 'handover':
      return { kind, node };
    default:
      return { kind, node, durationMs };
  }
}

/** One line for a person. */
export function faultText(fault: Fault): string {
  const duration = 'durationMs' in fault ? ` for ${fault.durationMs} ms` : '';
  switch (fault.kind) {
    case 'part':
      return `the network is parted${duration}: ${fault.sets.map((set) => set.join(' and ')).join(' | ')}`;
    case 'cut':
      return `packets of ${fault.both ? 'both' : `the ${fault.from}`}${fault.to === undefined ? '' : ` to the ${fault.to}`} are lost on ${fault.paths.length === 2 ? 'both paths' : `path ${fault.paths[0]}`}${duration}`;
    case 'noise':
      return `noise${duration}: loss ${fault.noise.lossShare}, jitter ${fault.noise.jitterMs} ms, doubles ${fault.noise.duplicateShare}`;
    case 'slow':
      return `the ${fault.node} is ${fault.factor} times slower${duration}`;
    case 'slowProcess': {
      const { node, process, stallMs, runMs } = fault;
      return `${process} of the ${node} stands still for ${stallMs} ms again and again, and runs for ${runMs}${duration}`;
    }
    case 'maintenance':
      return `the ${fault.node} is ordered out${fault.unlessAlone ? ' unless alone' : ''}${duration}`;
    case 'reload': {
      const { keepaliveMs, deadtimeMs } = fault.times;
      return `the ${fault.node} is reloaded to ${keepaliveMs} and ${deadtimeMs} ms, its partner later${duration}`;
    }
    case 'handover': {
      const { node, group, to } = fault;
      const what = group === undefined ? '' : ` of group ${group}`;
      return `${WORDS.handover} the ${node}${what}${to === undefined ? '' : ` to the ${to}`}`;
    }
    default:
      return `${WORDS[fault.kind]} the ${fault.node}${duration}`;
  }
}

const WORDS = {
  crash: 'power is lost on',
  freezePulse: 'pulse stands still on',
  freezeGuardian: 'the guardian stands still on',
  pause: 'the machine stands still: ',
  linkDown: 'the link is down on',
  stop: 'an operator stops',
  serversDown: 'no real server is up for',
  witnessCut: 'the witness is lost to',
  killPulse: 'pulse is killed on',
  killGuardian: 'the guardian is killed on',
  killDaemons: 'pulse and guardian are killed on',
  handover: 'an operator asks for a handover on',
} as const;

export function clockStepText({ atMs, node, stepMs }: ClockStep): string {
  const way = stepMs < 0 ? 'back' : 'on';
  return `at ${atMs} ms the wall clock of the ${node} is put ${way} by ${Math.abs(stepMs)} ms`;
}
