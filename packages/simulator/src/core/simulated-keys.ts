import type { BeatSealer } from '@piranha/protocol/beat';
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

const SEALER: BeatSealer = {
  knows: (keyId) => keyId === 1,
  seal: (_, header, body) => ({ body, tag: sumOf(header, body) }),
  open: (_, header, body, tag) => (sumOf(header, body).equals(tag) ? body : undefined),
};

/** What both simulated directors seal by. */
export const SIMULATED_KEYS: BeatKeys = { sealer: SEALER, sendId: 1, encrypt: false };

/** A boot id drawn by the run's chance. */
export function drawnBoot(random: SeededRandom): string {
  const digits = Array.from({ length: 16 }, () => random.between(0, 15).toString(16));
  return digits.join('');
}

/** What simulated beats say of lvs.cf. */
export const BEAT_FACTS = { configuration: { hash: '0'.repeat(16), serial: 0 } } as const;
