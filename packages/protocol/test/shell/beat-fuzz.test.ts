import { describe, expect, it } from 'vitest';
import { BeatCrypto, decodeBeat, encodeBeat, sealPacket } from '../../src/beat.js';
import { drawnRing, plainBeat } from '../support/beats.js';
import { damaged, seededRandom } from '../support/random.js';
import { VirtualNode } from '../support/virtual-node.js';

const PACKETS = 8_000;

const randomBytes = (length: number, random: () => number): Buffer =>
  Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));

/** A pair with a session, and everything that was ever sent in it and in the life of each before. */
function pairWithPast(sealed: boolean) {
  const ring = drawnRing(1);
  const left = new VirtualNode('left', ['right'], ring, 'a'.repeat(16), sealed);
  const right = new VirtualNode('right', ['left'], ring, 'b'.repeat(16), sealed);
  const recorded: Buffer[] = [];
  let nowMs = 0;
  const exchange = (): void => {
    nowMs += 100;
    for (const [from, to] of [
      [left, right],
      [right, left],
    ] as const) {
      const packet = from.send(nowMs);
      recorded.push(packet);
      to.receive(packet, nowMs);
    }
  };
  for (const life of ['c', 'd', 'e']) {
    for (let turn = 0; turn < 100; turn += 1) exchange();
    left.restart(life.repeat(16));
    right.restart(`${life.repeat(15)}0`);
  }
  for (let turn = 0; turn < 100; turn += 1) exchange();
  return { left, right, recorded, nowMs, ring };
}

describe.each([true, false])('thousands of hostile packets (encrypted: %s)', (sealed) => {
  it('crash nothing, are never accepted, and change no session', () => {
    const random = seededRandom(7);
    const { left, right, recorded, nowMs } = pairWithPast(sealed);
    const foreign = new BeatCrypto(drawnRing(1));
    const before = [left.session('right'), right.session('left')];
    expect(before.every((session) => session !== undefined)).toBe(true);
    const outcomes = new Map<string, number>();
    for (let index = 0; index < PACKETS; index += 1) {
      const packet = recorded[Math.floor(random() * recorded.length)] ?? Buffer.alloc(0);
      const header = { keyId: 1, boot: right.life, sequence: index + 1_000, sealed };
      const hostile = [
        () => randomBytes(Math.floor(random() * 1_400), random),
        () => Buffer.concat([packet.subarray(0, 12), randomBytes(Math.floor(random() * 300), random)]),
        () => damaged(packet, random),
        () => packet,
        () => sealPacket(foreign, header, Buffer.from('{}')),
      ][index % 5] as () => Buffer;
      const { outcome } = (random() < 0.5 ? left : right).receive(hostile(), nowMs + index);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect([...outcomes.keys()].sort()).toEqual(['refused', 'rejected', 'unproven']);
    expect([left.session('right'), right.session('left')]).toEqual(before);
    expect(left.receive(right.send(nowMs), nowMs).outcome).toBe('accepted');
  });

  it('of a partner that has gone mad are read or called malformed', () => {
    const random = seededRandom(8);
    const encoded = encodeBeat(plainBeat('right'));
    const body = encoded.type === 'encoded' ? encoded.bytes : Buffer.alloc(0);
    const { left, ring, nowMs } = pairWithPast(sealed);
    const mad = new BeatCrypto(ring);
    const before = left.session('right');
    const outcomes = new Set<string>();
    for (let index = 1; index <= PACKETS / 2; index += 1) {
      const bytes = damaged(body, random);
      const header = { keyId: 1, boot: '1'.repeat(16), sequence: index, sealed };
      const isBeat = decodeBeat(bytes).type === 'beat';
      const { outcome } = left.receive(sealPacket(mad, header, bytes), nowMs + index);
      expect(outcome === 'malformed').toBe(!isBeat);
      outcomes.add(outcome);
    }
    expect([...outcomes].sort()).toEqual(['malformed', 'rejected', 'unproven']);
    expect(left.session('right')).toBe(before);
  });
});
