import { type BeatSealer, type KeyAgreement, PUBLIC_KEY_BYTES } from '@piranha/protocol/beat';
import type { BeatKeys } from '@piranha/pulse/machines';
import type { PathNumber } from './network.js';
import type { SeededRandom } from './random.js';

/** Names of the paths in beats. */
export const PATH_NAMES: Readonly<Record<PathNumber, string>> = { 0: 'public', 1: 'private' };

const TAG_BYTES = 16;

/** A sum over header and body, which nobody in a simulation can make but the sealer: as good as cryptography there. */
function sumOf(header: Buffer, body: Buffer): Buffer {
  let sum = 0x811c9dc5;
  for (const part of [header, body]) {
    for (const byte of part) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  }
  const tag = Buffer.alloc(TAG_BYTES);
  tag.writeUInt32BE(sum);
  return tag;
}

/** Keys by these ids, of which the last one is sent by. */
function simulatedKeys(ids: readonly number[]): BeatKeys {
  const sealer: BeatSealer = {
    knows: (keyId) => ids.includes(keyId),
    seal: (_, header, body) => ({ body, tag: sumOf(header, body) }),
    open: (_, header, body, tag) => (sumOf(header, body).equals(tag) ? body : undefined),
  };
  return { sealer, sendId: ids.at(-1) ?? 0, encrypt: false };
}

/** What both simulated directors seal by. */
export const SIMULATED_KEYS = simulatedKeys([1]);

/** What a director seals by that has agreed on keys, the newest of them last; undefined for none. */
export function agreedKeys(ids: readonly number[]): BeatKeys | undefined {
  return ids.length === 0 ? undefined : simulatedKeys(ids);
}

/** One side of an agreement: everybody in a simulation could make the key, but nobody does. */
export function drawnAgreement(random: SeededRandom): KeyAgreement {
  const publicKey = Buffer.from(Array.from({ length: PUBLIC_KEY_BYTES }, () => random.between(1, 255)));
  return {
    publicKey,
    keyWith: (other) => {
      const [first, second] = [publicKey, other].sort(Buffer.compare) as [Buffer, Buffer];
      const sum = sumOf(first, second);
      return { id: sum.readUInt32BE() || 1, secret: sum };
    },
  };
}

/** A boot id drawn by the run's chance. */
export function drawnBoot(random: SeededRandom): string {
  const digits = Array.from({ length: 16 }, () => random.between(0, 15).toString(16));
  return digits.join('');
}

/** What simulated beats say of lvs.cf. */
export const BEAT_FACTS = { configuration: { hash: '0'.repeat(16), serial: 0 } } as const;
