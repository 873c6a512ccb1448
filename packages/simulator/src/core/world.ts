import type { LvsConfiguration, WitnessConfig } from '@piranha/config';
import type { receiveBeat } from '@piranha/protocol/beat';
import type {
  beatsCount,
  GroupPlan,
  nextTickMs,
  PulseSettings,
  settingsInUse,
  startGuardian,
  startPulse,
  stepFailback,
  stepGuardian,
  stepPulse,
} from '@piranha/pulse/machines';
import type { NodeName, PerNode } from './names.js';
import type { HeartbeatNetwork } from './network.js';
import type { SeededRandom } from './random.js';
import type { SimulatedCondition } from './simulated-condition.js';
import type { Timeline } from './timeline.js';

/** The state machines that are tried: the daemons' own, or ones with a fault that must be found. */
export interface Machines {
  readonly startPulse: typeof startPulse;
  readonly stepPulse: typeof stepPulse;
  readonly nextTickMs: typeof nextTickMs;
  readonly settingsInUse: typeof settingsInUse;
  readonly startGuardian: typeof startGuardian;
  readonly stepGuardian: typeof stepGuardian;
  readonly stepFailback: typeof stepFailback;
  /** By which clock of their machine the daemons go, ms. */
  readonly clockMs: (clocks: MachineClocks) => number;
  /** Whose beats count. */
  readonly receiveBeat: typeof receiveBeat;
  /** Whether words are passed over for beats, where both are spoken. */
  readonly beatsCount: typeof beatsCount;
}

/** The clocks of a machine, ms. */
interface MachineClocks {
  readonly monotonicMs: number;
  /** Since 1970; an operator or a time service may set it, both ways. */
  readonly wallMs: number;
}

/** How long things take in the simulated machines, ms. */
export interface Durations {
  /** From the first to the last address of a takeover, and the same for letting go. */
  readonly takeMs: number;
  readonly dropMs: number;
  /** Until a started pulse or guardian runs. */
  readonly startMs: number;
}

export const DURATIONS = { takeMs: 6, dropMs: 6 } as const;

/** What lvs.cf says of the return of the addresses. */
type FailbackWords = Pick<LvsConfiguration, 'failback' | 'failbackHoldMs'>;

/** What a run is made with. */
export interface SimulatedPair {
  /** What the configuration gives each director; their order is the tie rule's. */
  readonly settings: PerNode<PulseSettings>;
  readonly machines: Machines;
  /** Groups of addresses that move apart, main first; absent: all addresses move together. */
  readonly groups?: readonly GroupPlan[] | undefined;
  /** A third host that both ask; undefined for none. */
  readonly witness?: WitnessConfig | undefined;
  /** Operators order its directors out and in. */
  readonly hasMaintenance?: boolean | undefined;
  /** Its directors are reloaded to other times, and nothing else happens. */
  readonly hasReloads?: boolean | undefined;
  /** Beats are spoken in place of the original's words. */
  readonly hasKey?: boolean | undefined;
  /** Without a key, both announce beats beside words, and agree on a key. */
  readonly isAnnounced?: boolean | undefined;
  /** When the addresses go back to the director that is preferred for them; beats only. */
  readonly failback?: FailbackWords | undefined;
  /** Somebody records every packet, and replays and forges them all the time. */
  readonly isAttacked?: boolean | undefined;
}

/** What all parts of a run share. */
export interface World {
  readonly nodes: readonly NodeName[];
  readonly timeline: Timeline;
  readonly random: SeededRandom;
  readonly network: HeartbeatNetwork;
  readonly machines: Machines;
  readonly witness: WitnessConfig | undefined;
  /** Beats are spoken in place of the original's words. */
  readonly hasKey: boolean;
  /** Words are spoken, and beats beside them by a key that was agreed on. */
  readonly isAnnounced?: boolean | undefined;
  readonly failback?: FailbackWords | undefined;
  /** How a director really is, whatever others believe. */
  conditionOf(name: NodeName): SimulatedCondition | undefined;
  /** A line of the history. */
  note(who: string, text: string): void;
  /** A promise that was broken. */
  broken(promise: string, text: string): void;
}
