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

it('does not tell what each start of a process brings, but a partner that stays without proof', () => {
  const drops = new BeatDrops();
  const told = Array.from({ length: 25 }, (_, index) => drops.count('unproven', index * 1_000));
  expect(told.findIndex((count) => count !== undefined)).toBe(20);
  expect(drops.totals()).toEqual({ unproven: 25 });
});
