import { connect } from 'node:net';
import { monotonicNowMs } from '@piranha/common';

/** An address and port to put load on. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

const REQUESTS_IN_FLIGHT = 64;
const BULK_CONNECTIONS = 4;

/** One request on a connection of its own; false when it failed. */
function oneRequest(target: Target): Promise<boolean> {
  return new Promise((resolve) => {
    let bytes = 0;
    const socket = connect({ ...target, noDelay: true });
    socket.on('connect', () => socket.write('GET / HTTP/1.0\r\n\r\n'));
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(bytes > 0));
  });
}

/** Requests a second with a connection each, 64 in flight, for `durationMs`. A failed one is an error of the bench. */
export async function measureRequests(target: Target, durationMs: number): Promise<number> {
  const startedMs = monotonicNowMs();
  let completed = 0;
  const clients = Array.from({ length: REQUESTS_IN_FLIGHT }, async () => {
    while (monotonicNowMs() - startedMs < durationMs) {
      if (!(await oneRequest(target))) throw new Error(`request to ${target.host}:${target.port} failed`);
      completed += 1;
    }
  });
  await Promise.all(clients);
  return (completed * 1000) / (monotonicNowMs() - startedMs);
}

/** Megabytes (10^6) a second downloaded over four connections, for `durationMs`. */
export async function measureBulk(target: Target, durationMs: number): Promise<number> {
  let bytes = 0;
  const scratch = Buffer.allocUnsafe(1024 * 1024);
  const startedMs = monotonicNowMs();
  const downloads = Array.from({ length: BULK_CONNECTIONS }, () => {
    const socket = connect({
      ...target,
      // One buffer for all reads: the client must not be what is measured.
      onread: {
        buffer: scratch,
        callback: (length) => {
          bytes += length;
          return true;
        },
      },
    });
    socket.on('error', () => {});
    socket.on('connect', () => socket.write('B'));
    return socket;
  });
  await new Promise((resolve) => setTimeout(resolve, durationMs));
  const rate = bytes / 1000 / (monotonicNowMs() - startedMs);
  for (const socket of downloads) socket.destroy();
  if (bytes === 0) throw new Error(`no data from ${target.host}:${target.port}`);
  return rate;
}
