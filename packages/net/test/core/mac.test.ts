import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMac, macBytes, parseMac } from '../../src/core/mac.js';

describe('parseMac', () => {
  it.each(['02005e10000a', '02:00:5e:10:00:0a', '02005E10000A', '02:005e:10:000A'])('takes %s', (text) => {
    expect(parseMac(text)).toBe('02:00:5e:10:00:0a');
  });

  it.each([
    '',
    '02005e10000',
    '02005e10000ab',
    '0:2005e10000a',
    '02::005e10000a',
    ':02005e10000a',
    '02005e10000a:',
    '02-00-5e-10-00-0a',
    '02005e10000g',
  ])('refuses "%s"', (text) => {
    expect(parseMac(text)).toBeUndefined();
  });

  it('reads what is written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (bytes) => {
        expect(macBytes(formatMac(bytes))).toEqual(Buffer.from(bytes));
        expect(parseMac(formatMac(bytes))).toBe(formatMac(bytes));
      }),
    );
  });
});
