import { describe, expect, it } from 'vitest';
import { countText, durationText, rateText, shareText } from '../../src/core/figures.js';

describe('figures', () => {
  it.each([
    [0, 'one in 1,000,000 years'],
    [1e-9, 'one in 1,000,000 years'],
    [1 / 12_345, 'one in 12,000 years'],
    [1 / 24.39, 'one in 24.3 years'],
    [0.1, 'one in 10 years'],
    [1, 'one in 1 years'],
    [1.5, '2 a year'],
    [800, '3 a day'],
    [9_000, '2 an hour'],
  ])('say a rate of %s a year', (perYear, text) => expect(rateText(perYear)).toBe(text));

  it('say durations, shares and counts', () => {
    expect([0, 0.283, 18.102, 1_018.1].map(durationText)).toEqual(['0 ms', '0.283 ms', '18.1 ms', '1.02 s']);
    expect([0, 0.000016, 0.123].map(shareText)).toEqual(['0 %', '0.0016 %', '12 %']);
    expect(countText(183_600)).toBe('183,600');
  });
});
