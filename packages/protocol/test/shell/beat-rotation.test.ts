import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadBeatKeys, newBeatKeyLine } from '../../src/beat.js';
import type { Outcome } from '../support/virtual-node.js';
import { VirtualNode } from '../support/virtual-node.js';

const OLD = newBeatKeyLine(1);
const NEW = newBeatKeyLine(2);
const KEEPALIVE_MS = 100;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-rotation-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function ring(...lines: readonly string[]) {
  const file = join(directory, 'beat.keys');
  writeFileSync(file, lines.join('\n'), { mode: 0o600 });
  return loadBeatKeys(file);
}

/** Two nodes that beat at each other over a sound network. */
function pair() {
  const left = new VirtualNode('left', ['right'], ring(OLD), 'a'.repeat(16));
  const right = new VirtualNode('right', ['left'], ring(OLD), 'b'.repeat(16));
  let nowMs = 0;
  const beat = (): Outcome[] => {
    nowMs += KEEPALIVE_MS;
    const toRight = right.receive(left.send(nowMs), nowMs).outcome;
    return [toRight, left.receive(right.send(nowMs), nowMs).outcome];
  };
  const beats = (count: number): Set<Outcome> => new Set(Array.from({ length: count }, beat).flat());
  beats(5);
  return { left, right, beats };
}

describe('changing the key of a running pair', () => {
  it('in three steps loses no beat and no session', () => {
    const { left, right, beats } = pair();
    const opened = [left.session('right')?.openedMs, right.session('left')?.openedMs];
    const steps = [[`${OLD} send`, NEW], [OLD, `${NEW} send`], [NEW]];
    for (const lines of steps) {
      for (const node of [left, right]) {
        node.useKeys(ring(...lines));
        // As long as one likes between the two nodes.
        expect(beats(20)).toEqual(new Set(['accepted']));
      }
    }
    expect([left.session('right')?.openedMs, right.session('left')?.openedMs]).toEqual(opened);
  });

  it('ends what the old key could do', () => {
    const { left, right, beats } = pair();
    const recorded = left.send(10_000);
    for (const node of [left, right]) node.useKeys(ring(OLD, `${NEW} send`));
    for (const node of [left, right]) node.useKeys(ring(NEW));
    expect(right.receive(recorded, 10_100).outcome).toBe('refused');
    expect(beats(5)).toEqual(new Set(['accepted']));
  });

  it('by switching before the partner knows the key is an outage, so the order matters', () => {
    const { left, beats } = pair();
    left.useKeys(ring(OLD, `${NEW} send`));
    expect(beats(5)).toEqual(new Set(['refused', 'accepted']));
  });
});
