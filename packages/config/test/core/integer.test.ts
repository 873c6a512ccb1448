import { describe, expect, it } from 'vitest';
import { readInteger, readSeconds } from '../../src/core/integer.js';

describe('readInteger', () => {
  it('reads as strtol with base 0', () => {
    const read = (text: string) => readInteger(text)?.value;
    expect(['10', '010', '0x10', '-3', '+4', '', '0', '-0'].map(read)).toEqual([10, 8, 16, -3, 4, 0, 0, 0]);
    expect(['08', '0x', '1a', '1.5', '1 ', 'x', '--1'].map(read)).toEqual(Array(7).fill(undefined));
  });

  it('tells octal numbers that mean something else than they look like', () => {
    expect(readInteger('010')?.octal).toBe(true);
    expect(readInteger('07')?.octal).toBe(false);
  });
});

describe('readSeconds', () => {
  it('takes fractions too', () => {
    const read = (text: string) => readSeconds(text)?.value;
    expect(['0.5', '.25', '2.', '3', '010'].map(read)).toEqual([0.5, 0.25, 2, 3, 8]);
    expect(['.', '1e3', '1,5', '0x1.8'].map(read)).toEqual(Array(4).fill(undefined));
  });
});
