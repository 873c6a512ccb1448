import { describe, expect, it } from 'vitest';
import { LineLimit } from '../../src/core/line-limit.js';

describe('a limit of lines', () => {
  it('lets the first of each kind through at once, then one a minute with the count', () => {
    const limit = new LineLimit();
    expect(limit.count('a', 0)).toBe(1);
    for (let atMs = 1; atMs < 60_000; atMs += 1) expect(limit.count('a', atMs)).toBeUndefined();
    expect(limit.count('b', 30_000)).toBe(1);
    expect(limit.count('a', 60_000)).toBe(60_000);
    expect(limit.count('a', 60_001)).toBeUndefined();
    expect(limit.count('a', 500_000)).toBe(2);
  });

  it('counts what is no news without a line for it', () => {
    const limit = new LineLimit();
    expect(limit.count('a', 0, false)).toBeUndefined();
    expect(limit.count('a', 1)).toBe(2);
  });

  it('gives who makes up ever new kinds one line a minute for all of them, and forgets kinds that are quiet', () => {
    const limit = new LineLimit();
    const told = Array.from({ length: 100_000 }, (_, index) => limit.count(`made up ${index}`, index / 10));
    expect(told.filter((count) => count !== undefined)).toHaveLength(25);
    expect(limit.count('another one', 120_000)).toBe(1);
  });
});
