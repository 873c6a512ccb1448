import { describe, expect, it } from 'vitest';
import { STAND_IN_LEAP } from '../../src/beat.js';
import { drawnRing } from '../support/beats.js';
import { VirtualNode } from '../support/virtual-node.js';

const KEEPALIVE_MS = 1_000;
const ring = drawnRing(1);

class Pair {
  readonly left = new VirtualNode('left', ['right'], ring, 'a'.repeat(16));
  readonly right = new VirtualNode('right', ['left'], ring, 'b'.repeat(16));
  nowMs = 0;

  get isOpen(): boolean {
    return (
      this.left.session('right')?.boot === this.right.life &&
      this.right.session('left')?.boot === this.left.life
    );
  }

  /** One keepalive; `answers`: who wants to send at once does. Gives the packets that went over. */
  beat(answers: boolean, deaf?: VirtualNode): number {
    this.nowMs += KEEPALIVE_MS;
    const due = [this.left, this.right];
    let packets = 0;
    for (let from = due.shift(); from !== undefined; from = due.shift()) {
      const to = from === this.left ? this.right : this.left;
      const packet = from.send(this.nowMs);
      packets += 1;
      this.nowMs += 60;
      if (to === deaf) continue;
      const { answer } = to.receive(packet, this.nowMs);
      if (answer && answers) due.unshift(to);
    }
    return packets;
  }
}

function openPair(): Pair {
  const pair = new Pair();
  pair.beat(true);
  expect(pair.isOpen).toBe(true);
  return pair;
}

describe('two nodes', () => {
  it('have their sessions two round trips after the first packet, when they answer at once', () => {
    const pair = new Pair();
    expect(pair.beat(true)).toBeLessThanOrEqual(6);
    expect(pair.isOpen).toBe(true);
  });

  it('have them after three keepalives without answering out of turn', () => {
    const pair = new Pair();
    for (let beat = 0; beat < 3; beat += 1) pair.beat(false);
    expect(pair.isOpen).toBe(true);
  });

  it('find each other again after one restarts, and after both do at once', () => {
    const pair = openPair();
    pair.left.restart('c'.repeat(16));
    for (let beat = 0; beat < 3; beat += 1) pair.beat(false);
    expect(pair.isOpen).toBe(true);
    pair.left.restart('d'.repeat(16));
    pair.right.restart('e'.repeat(16));
    for (let beat = 0; beat < 3; beat += 1) pair.beat(false);
    expect(pair.isOpen).toBe(true);
  });

  it('keep a session of which one side hears nothing, and tell by the echo', () => {
    const pair = openPair();
    const before = pair.left.session('right')?.beat.hears[0]?.boots[0]?.sequence;
    for (let beat = 0; beat < 10; beat += 1) pair.beat(true, pair.right);
    const session = pair.left.session('right');
    expect(pair.nowMs - (session?.heardMs ?? 0)).toBeLessThan(KEEPALIVE_MS);
    expect((session?.beat.hears[0]?.boots[0]?.sequence ?? 0) - (before ?? 0)).toBeLessThanOrEqual(2);
    expect(pair.left.sequence).toBeGreaterThan(10);
  });

  it('do not take a partner for alive that restarted and cannot hear, until it hears', () => {
    const pair = openPair();
    const old = pair.left.session('right');
    pair.right.restart('c'.repeat(16));
    for (let beat = 0; beat < 10; beat += 1) pair.beat(true, pair.right);
    expect(pair.left.session('right')).toBe(old);
    pair.beat(true);
    expect(pair.isOpen).toBe(true);
  });
});

describe('a stand-in', () => {
  it('speaks on in the session, and the next life takes its place without a pause', () => {
    const pair = openPair();
    const { openedMs } = pair.left.session('right') ?? {};
    pair.right.sequence += STAND_IN_LEAP;
    const asleep = pair.right.send(pair.nowMs);
    for (let beat = 0; beat < 5; beat += 1) pair.beat(false);
    const session = pair.left.session('right');
    expect([session?.openedMs, pair.nowMs - (session?.heardMs ?? 0) < KEEPALIVE_MS]).toEqual([
      openedMs,
      true,
    ]);
    expect(pair.left.receive(asleep, pair.nowMs).outcome).not.toBe('accepted');
    pair.right.restart('c'.repeat(16));
    pair.beat(true);
    expect(pair.isOpen).toBe(true);
  });
});
