import { signalProcess } from '@piranha/common';
import type { Contender, PairName } from './contender.js';
import type { FailoverStage } from './stage.js';

/** Something that happens to director `a`, which holds the address. */
export interface FailoverCase {
  /** Its word on the command line. */
  readonly word: string;
  readonly title: string;
  /** Time between two heartbeats or advertisements, milliseconds. */
  readonly beatMs: number;
  /** How long the pair is watched after the event, milliseconds. */
  readonly watchMs: number;
  /** Whether `a` is a dead machine afterwards, whose address does not count. */
  readonly kills: boolean;
  /** Which pairs are measured. */
  readonly pairs: readonly PairName[];
  readonly happen: (contender: Contender, stage: FailoverStage) => void | Promise<void>;
}

const BEATS_MS = [1000, 100, 50, 10] as const;
/** Adaptive mode is of use where the deadtime is long beside what tells a hanging pulse from a dead one. */
const WITH_KEY = ['Piranha', 'Piranha, key', 'keepalived'] as const;
const ALL = ['Piranha', 'Piranha, key', 'Piranha, adaptive', 'keepalived'] as const;
/** Beyond the time until the partner counts as dead. */
const CRASH_WATCH_MS = 1_000;
/** After this time nothing is expected to change any more. */
const WATCH_MS = 5_000;

function crash(contender: Contender, stage: FailoverStage): void {
  const pids = contender.processes('a');
  for (const pid of pids) signalProcess(pid, 'SIGKILL');
  stage.cut('a');
}

function signalDeciders(signal: NodeJS.Signals, which: 'worker' | 'both'): FailoverCase['happen'] {
  return (contender) => {
    const [worker, watcher] = contender.deciders('a');
    for (const pid of which === 'both' ? [worker, watcher] : [worker]) signalProcess(pid, signal);
  };
}

function alive(event: string, title: string, beatMs: number, happen: FailoverCase['happen']): FailoverCase {
  return {
    word: `${event}-${beatMs / 1000}`,
    title: `${title}, beat ${beatMs / 1000} s`,
    beatMs,
    watchMs: WATCH_MS,
    kills: false,
    pairs: WITH_KEY,
    happen,
  };
}

const WORKER = 'the working process';

/** What the bench measures, in the order of its tables. */
export const FAILOVER_CASES: readonly FailoverCase[] = [
  ...BEATS_MS.map((beatMs) => ({
    word: `crash-${beatMs / 1000}`,
    title: `crash, beat ${beatMs / 1000} s`,
    beatMs,
    watchMs: 4 * beatMs + CRASH_WATCH_MS,
    kills: true,
    pairs: beatMs === 1000 ? ALL : WITH_KEY,
    happen: crash,
  })),
  alive('handover', 'planned handover', 1000, (contender) => contender.handOver()),
  ...[1000, 100].flatMap((beatMs) => [
    alive('kill', `SIGKILL of ${WORKER}`, beatMs, signalDeciders('SIGKILL', 'worker')),
    alive('kill-both', `SIGKILL of ${WORKER} and of its watcher`, beatMs, signalDeciders('SIGKILL', 'both')),
    alive('hang', `SIGSTOP of ${WORKER}`, beatMs, signalDeciders('SIGSTOP', 'worker')),
  ]),
];
