import { hkdfSync } from 'node:crypto';
import type { BeatKeyRing } from './beat-keys.js';

/** Names the use: a key for copying files says nothing of those for beats, and the other way round. */
const PURPOSE = 'piranha sync 1';
const KEY_BYTES = 32;

/** Who asks whom, and by which key of the file. */
export interface SyncIdentity {
  readonly from: string;
  readonly to: string;
  readonly keyId: number;
}

/** The identity as it stands, readable, in a handshake. */
export function syncIdentityText({ from, to, keyId }: SyncIdentity): string {
  return `${PURPOSE} ${from} ${to} ${keyId}`;
}

/** The identity that a text stands for, undefined for any other text. */
export function readSyncIdentity(text: string): SyncIdentity | undefined {
  const found = /^piranha sync 1 ([A-Za-z0-9._-]{1,63}) ([A-Za-z0-9._-]{1,63}) ([1-9][0-9]{0,9})$/.exec(text);
  const [, from, to, keyId] = found ?? [];
  return from === undefined || to === undefined ? undefined : { from, to, keyId: Number(keyId) };
}

/**
 * The pre-shared key of one direction: HKDF-SHA256 of the secret, the identity as its info, so that a handshake that is
 * turned back to its sender fits nowhere. Undefined for a key that is not in the file.
 */
export function syncKey(ring: BeatKeyRing, identity: SyncIdentity): Buffer | undefined {
  const secret = ring.secrets.get(identity.keyId);
  if (secret === undefined) return undefined;
  return Buffer.from(hkdfSync('sha256', secret, PURPOSE, syncIdentityText(identity), KEY_BYTES));
}
