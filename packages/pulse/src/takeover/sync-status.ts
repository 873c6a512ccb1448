import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { SyncStatus } from '@piranha/protocol';
import { ConnectionCounter, parseConnection } from '../core/connections.js';
import type { TakeoverStatus } from './takeover.js';

/** With the origin of each connection, unlike ip_vs_conn. */
const FILE = '/proc/net/ip_vs_conn_sync';
/** A million lines take a second or two of one processor. */
const MOST_CONNECTIONS = 200_000;

/** Counts the kernel's connections, at most `limit` of them; undefined without IPVS. */
export async function countConnections(
  file = FILE,
  limit = MOST_CONNECTIONS,
): Promise<SyncStatus['connections']> {
  const counter = new ConnectionCounter();
  const stream = createReadStream(file, { encoding: 'latin1' });
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  let left = limit;
  let cut = false;
  try {
    for await (const line of lines) {
      const connection = parseConnection(line);
      if (connection === undefined) continue;
      if (left === 0) {
        cut = true;
        break;
      }
      left -= 1;
      counter.add(connection);
    }
  } catch {
    return undefined;
  } finally {
    stream.destroy();
  }
  return { ...counter.counts(), cut };
}

/** The takeover's state and the figures of the kernel's table. */
export async function readSyncStatus(takeover: TakeoverStatus): Promise<SyncStatus> {
  return { ...takeover, connections: await countConnections() };
}
