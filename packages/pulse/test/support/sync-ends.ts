import { createSecretKey, randomBytes, randomInt } from 'node:crypto';
import type { EventLog } from '@piranha/events';
import type { BeatKeyRing } from '@piranha/protocol/beat';
import type { SyncLine } from '../../src/shell/sync/sync-tls.js';

/** Keys of a file; the first one sends. */
export function ringOf(...keys: readonly (readonly [number, Buffer])[]): BeatKeyRing {
  const secrets = new Map(keys.map(([id, secret]) => [id, createSecretKey(secret)]));
  return { sendId: keys[0]?.[0] ?? 0, secrets };
}

export function drawnSecret(): Buffer {
  return randomBytes(32);
}

/** The two ends of a pair on loopback, addresses and port of its own. */
export function drawnEnds(ring: BeatKeyRing): { readonly primary: SyncLine; readonly backup: SyncLine } {
  const network = `127.${randomInt(20, 250)}.${randomInt(1, 250)}`;
  const port = randomInt(20_000, 30_000);
  const end = (node: string, peer: string, own: number, other: number): SyncLine => ({
    paths: [{ name: 'public', local: `${network}.${own}`, partner: `${network}.${other}` }],
    ...{ port, node, peer, ring },
  });
  return { primary: end('primary', 'backup', 2, 3), backup: end('backup', 'primary', 3, 2) };
}

/** A log that is an array. */
export function arrayLog(): { readonly log: EventLog; readonly lines: [string, Record<string, unknown>][] } {
  const lines: [string, Record<string, unknown>][] = [];
  const log = {
    log: (event: string, fields: Record<string, unknown> = {}) => lines.push([event, fields]),
  } as unknown as EventLog;
  return { log, lines };
}
