/** Numbers from a seed, 0 to under 1: the same in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A copy with one bit turned, cut at any place, or with random bytes behind. */
export function damaged(packet: Buffer, random: () => number): Buffer {
  const kind = random();
  if (kind < 0.2) return packet.subarray(0, Math.floor(random() * packet.length));
  if (kind < 0.3) return Buffer.concat([packet, Buffer.from([Math.floor(random() * 256)])]);
  const copy = Buffer.from(packet);
  const flips = kind < 0.8 ? 1 : 20;
  for (let flip = 0; flip < flips; flip += 1) {
    const at = Math.floor(random() * copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  }
  return copy.equals(packet) ? packet.subarray(1) : copy;
}
