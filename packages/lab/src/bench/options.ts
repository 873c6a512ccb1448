import { parseArgs } from 'node:util';
import { UserError } from '@piranha/common';
import { FAILOVER_CASES } from './failover/events.js';

const NAMES = [
  'start-up',
  'memory',
  'throughput',
  'failover',
  'idle',
  'busy',
  'connections',
  'tables',
  'packets',
  'probes',
] as const;
/** Run only when they are named: they take long. */
const LONG: readonly BenchName[] = ['failover', 'idle', 'busy', 'connections', 'tables', 'packets', 'probes'];
export type BenchName = (typeof NAMES)[number];

const DEFAULT_RUNS = 20;
const MOST_RUNS = 1000;
const DEFAULT_PACKETS = 1_000_000;
const MOST_PACKETS = 1_000_000_000;

interface BenchOptions {
  /** Nothing is to be measured: how to ask is to be told. */
  readonly help: boolean;
  /** The benches that run, in their order. */
  readonly names: readonly BenchName[];
  /** Runs of each case of the failover bench. */
  readonly runs: number;
  /** Cases of the failover bench; empty: all. */
  readonly cases: readonly string[];
  /** How many hostile packets. */
  readonly packets: number;
}

/** What may be typed. */
export const BENCH_USAGE = `npm run bench -- [${NAMES.join('|')}]... [--runs N] [--case ${FAILOVER_CASES.map(({ word }) => word).join('|')}]... [--packets N]`;

const usage = (text: string): UserError =>
  new UserError(`bench: ${text}`, { code: 'BENCH_USAGE', hint: BENCH_USAGE });

/**
 * Reads the names of benches (none: all that are short) and the options of the failover and the packets bench.
 * @throws UserError `BENCH_USAGE`
 */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const { positionals, values } = parse(args);
  const strange = positionals.find((name) => !NAMES.some((known) => known === name));
  if (strange !== undefined) throw usage(`there is no bench ${strange}`);
  const cases = values.case ?? [];
  const unknown = cases.find((word) => !FAILOVER_CASES.some((one) => one.word === word));
  if (unknown !== undefined) throw usage(`there is no case ${unknown}`);
  const runs = Number(values.runs ?? DEFAULT_RUNS);
  if (!Number.isInteger(runs) || runs < 1 || runs > MOST_RUNS) throw usage(`--runs is 1 to ${MOST_RUNS}`);
  const packets = Number(values.packets ?? DEFAULT_PACKETS);
  if (!Number.isInteger(packets) || packets < 1_000 || packets > MOST_PACKETS) {
    throw usage(`--packets is 1000 to ${MOST_PACKETS}`);
  }
  const names = NAMES.filter((name) =>
    positionals.length === 0 ? !LONG.includes(name) : positionals.includes(name),
  );
  return { help: values.help ?? false, names, runs, cases, packets };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        runs: { type: 'string' },
        case: { type: 'string', multiple: true },
        packets: { type: 'string' },
      },
    });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}
