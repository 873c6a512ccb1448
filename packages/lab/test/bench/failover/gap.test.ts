import { describe, expect, it } from 'vitest';
import { longestGap, sharedMs } from '../../../src/bench/failover/gap.js';

describe('the gap that a client saw', () => {
  const answers = [
    [10, 'a'],
    [90, 'a'],
    [100, 'a'],
    [140, 'b'],
    [145, 'b'],
  ] as const;

  it('is the longest silence that ended after the event, from the last answer before it', () => {
    expect(longestGap(answers, 101, 146)).toEqual({ durationMs: 40, endMs: 140 });
    expect(longestGap(answers, 95, 146).durationMs).toBe(40);
    expect(longestGap(answers, 142, 146).durationMs).toBe(5);
  });

  it('lasts until the end when no answer comes any more', () => {
    expect(longestGap(answers, 101, 500).durationMs).toBe(355);
    expect(longestGap([], 100, 500).durationMs).toBe(400);
  });
});

describe('the time with two holders', () => {
  it('counts each look until the next one', () => {
    const looks = [1, 2, 2, 1, 0, 2].map((holders, index) => ({ atMs: index * 20, holders }));
    expect(sharedMs(looks)).toBe(40);
    expect(sharedMs([])).toBe(0);
  });
});
