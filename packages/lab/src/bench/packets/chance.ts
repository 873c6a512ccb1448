/** A whole number from 0 to below `limit`. */
export const below = (limit: number): number => Math.floor(Math.random() * limit);

/** One of them. @throws Error where there is none */
export function pick<T>(list: readonly T[]): T {
  const one = list[below(list.length)];
  if (one === undefined) throw new Error('nothing to choose from');
  return one;
}

/** One to four bits of it turned. */
export function withFlips(packet: Buffer): Buffer {
  const copy = Buffer.from(packet);
  const flips = 1 + below(4);
  for (let flip = 0; flip < flips; flip += 1) {
    const at = below(copy.length);
    // Never twice the same bit, which would mend it.
    copy[at] = (copy[at] ?? 0) ^ (1 << (flip * 2 + below(2)));
  }
  return copy;
}

/** The beginning of it. */
export function cutShort(packet: Buffer): Buffer {
  return packet.subarray(0, below(packet.length));
}
