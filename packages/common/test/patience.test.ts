import { afterEach, describe, expect, it } from 'vitest';
import { patient } from '../src/patience.js';

const before = process.env.PIRANHA_PATIENCE;

afterEach(() => {
  if (before === undefined) delete process.env.PIRANHA_PATIENCE;
  else process.env.PIRANHA_PATIENCE = before;
});

describe('patient', () => {
  it.each([
    [undefined, 1_000],
    ['1', 1_000],
    ['2.5', 2_500],
    ['60', 60_000],
    ['61', 1_000],
    ['0', 1_000],
    ['-3', 1_000],
    ['many', 1_000],
    ['', 1_000],
  ])('with %j in the environment stretches 1000 ms to %d', (text, expected) => {
    if (text === undefined) delete process.env.PIRANHA_PATIENCE;
    else process.env.PIRANHA_PATIENCE = text;
    expect(patient(1_000)).toBe(expected);
  });
});
