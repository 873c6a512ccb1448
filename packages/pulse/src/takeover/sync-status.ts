import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseTimeouts } from '@piranha/ipvs';
import type { SyncStatus } from '@piranha/protocol';
import { ConnectionCounter, type ConnectionEntry, parseConnection } from '../core/connections.js';
import { CoverageCounter } from '../core/coverage.js';
import { runTool } from './run-tool.js';

/** With the origin of each connection, unlike ip_vs_conn. */
const FILE = '/proc/net/ip_vs_conn_sync';
/** A million lines take a second or two of one processor. */
const MOST_CONNECTIONS = 200_000;
const LIMIT_MS = 5_000;

/** Whoever counts connections one by one. */
interface Counter {
  add(connection: ConnectionEntry): void;
}

/** Shows the kernel's connections to the counters, at most `limit` of them. @returns undefined without IPVS */
export async function scanConnections(
  counters: readonly Counter[],
  file = FILE,
  limit = MOST_CONNECTIONS,
): Promise<{ readonly cut: boolean } | undefined> {
  const stream = createReadStream(file, { encoding: 'latin1' });
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  let left = limit;
  try {
    for await (const line of lines) {
      const connection = parseConnection(line);
      if (connection === undefined) continue;
      if (left === 0) return { cut: true };
      left -= 1;
      for (const counter of counters) counter.add(connection);
    }
    return { cut: false };
  } catch {
    return undefined;
  } finally {
    stream.destroy();
  }
}

/** What is asked for beside the counts. */
export interface CoverageQuestion {
  readonly ipvsadm: string;
  /** How long the partner has been there without a break; undefined while it is not. */
  readonly heardSeconds: number | undefined;
}

/** What status tells of the connections in the kernel's table. */
export type ConnectionFigures = Pick<SyncStatus, 'connections' | 'coverage'>;

/** The figures of the kernel's table; those of the coverage where they are asked for. */
export async function readConnections(question: CoverageQuestion | undefined): Promise<ConnectionFigures> {
  const counter = new ConnectionCounter();
  const timeouts = question && parseTimeouts(await timeoutsText(question.ipvsadm));
  const coverage = timeouts && new CoverageCounter(timeouts, question.heardSeconds);
  const scan = await scanConnections(coverage ? [counter, coverage] : [counter]);
  if (scan === undefined) return {};
  return {
    connections: { ...counter.counts(), ...scan },
    ...(coverage && { coverage: coverage.coverage() }),
  };
}

async function timeoutsText(ipvsadm: string): Promise<string> {
  return (await runTool(ipvsadm, ['-Ln', '--timeout'], LIMIT_MS)).stdout;
}
