import { existsSync, readFileSync } from 'node:fs';
import type { Side } from './stage.js';

/** What is measured beside each other: Piranha in three settings, and keepalived. */
export type PairName = 'Piranha' | 'Piranha, key' | 'Piranha, adaptive' | 'keepalived';

/** A product under test: a pair of directors that share one address. */
export interface Contender {
  readonly name: PairName;
  /** Starts a director; `a` is the preferred one and started first. */
  start(side: Side): void;
  /** Whether `b` runs, hears the other and waits, as it is to be measured. */
  standsBy(): boolean | Promise<boolean>;
  /** After how long a silence `b` takes the other for dead, milliseconds; once it stands by. */
  deadAfterMs(): number | Promise<number>;
  /** The processes of a director, in the order in which they are to be killed when its machine dies. */
  processes(side: Side): readonly number[];
  /** Those that decide who holds the address: the one that works, then the one that watches it. */
  deciders(side: Side): readonly [worker: number, watcher: number];
  /** The operator moves the address away from `a`; resolves when asked, not when moved. */
  handOver(): Promise<void>;
  /** Ends every process of the pair. */
  stop(): Promise<void>;
  /** The last lines that both directors said, for the report of a run that went wrong. */
  lastLines(): string;
}

/** VRRP's rule for priority 100, the backup's: three missed advertisements and the skew, milliseconds. */
export function masterDownMs(beatMs: number): number {
  return (3 + (256 - BACKUP_PRIORITY) / 256) * beatMs;
}

export const MASTER_PRIORITY = 150;
export const BACKUP_PRIORITY = 100;

/** A text file's content, empty where there is no such file yet. */
export function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
