import { describe, expect, it } from 'vitest';
import { longestGapMs, sharedMs } from '../../../src/bench/failover/gap.js';

describe('the gap that a client saw', () => {
  const answers = [
    [10, 'a'],
    [90, 'a'],
    [100, 'a'],
    [140, 'b'],
    [145, 'b'],
  ] as const;

  it('is the longest silence that ended after the event, from the last answer before it', () => {
    expect(longestGapMs(answers, 101, 146)).toBe(40);
    expect(longestGapMs(answers, 95, 146)).toBe(40);
    expect(longestGapMs(answers, 142, 146)).toBe(5);
  });

  it('lasts until the end when no answer comes any more', () => {
    expect(longestGapMs(answers, 101, 500)).toBe(355);
    expect(longestGapMs([], 100, 500)).toBe(400);
  });
});

describe('the time with two holders', () => {
  it('counts each look until the next one', () => {
    const looks = [1, 2, 2, 1, 0, 2].map((holders, index) => ({ atMs: index * 20, holders }));
    expect(sharedMs(looks)).toBe(40);
    expect(sharedMs([])).toBe(0);
  });
});
