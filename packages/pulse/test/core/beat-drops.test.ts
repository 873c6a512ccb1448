import { expect, it } from 'vitest';
import { BeatDrops } from '../../src/core/beat-drops.js';

it('tells the first at once, then all of a minute in one line, each reason for itself', () => {
  const drops = new BeatDrops();
  expect(drops.count('not authentic', 0)).toBe(1);
  const told = Array.from({ length: 59_999 }, (_, index) => drops.count('not authentic', 1 + index));
  expect(told.every((count) => count === undefined)).toBe(true);
  expect(drops.count('unknown key', 30_000)).toBe(1);
  expect(drops.count('not authentic', 60_000)).toBe(60_000);
  expect(drops.totals()).toEqual({ 'not authentic': 60_001, 'unknown key': 1 });
});

it('limits in the same way what is no beat at all, and what strangers send', () => {
  const drops = new BeatDrops();
  for (const reason of ['bad length', 'unknown word', 'stranger'] as const) {
    expect(drops.count(reason, 0)).toBe(1);
    expect(drops.count(reason, 59_999)).toBeUndefined();
    expect(drops.count(reason, 60_000)).toBe(2);
  }
  expect(drops.totals()).toEqual({ 'bad length': 3, 'unknown word': 3, stranger: 3 });
});

it('does not tell what each start of a process brings, but a partner that stays without proof', () => {
  const drops = new BeatDrops();
  const told = Array.from({ length: 25 }, (_, index) => drops.count('unproven', index * 1_000));
  expect(told.findIndex((count) => count !== undefined)).toBe(20);
  expect(drops.totals()).toEqual({ unproven: 25 });
});
