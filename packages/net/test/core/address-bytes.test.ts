import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBytes } from '../../src/core/address-bytes.js';

describe('addressBytes', () => {
  it.each([
    ['10.77.0.100', '0a4d0064'],
    ['255.255.255.255', 'ffffffff'],
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['fd00::', 'fd000000000000000000000000000000'],
    ['fd00:77::64', 'fd000077000000000000000000000064'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
    ['::ffff:10.0.0.1', '00000000000000000000ffff0a000001'],
    ['FE80::ABCD', 'fe80000000000000000000000000abcd'],
  ])('reads %s', (text, bytes) => {
    expect(addressBytes(text)?.toString('hex')).toBe(bytes);
  });

  it.each([
    '',
    '256.0.0.1',
    'eth0',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
    'fd00::12345',
    'fd00::g',
    'fe80::1%eth0',
    '10.0.0.1::',
    '::10.0.0.256',
    '::10.1',
  ])('refuses "%s"', (text) => {
    expect(addressBytes(text)).toBeUndefined();
  });

  it('takes every IPv6 address', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        expect(addressBytes(text)?.length).toBe(16);
      }),
    );
  });

  it('agrees with Node on what an IPv6 address is', () => {
    const pieces = fc.constantFrom(':', '::', '0', 'f', 'ffff', '12345', ':10.0.0.1', '1:2', 'g', '');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (words) => {
        const text = words.join('');
        fc.pre(text.includes(':'));
        expect(addressBytes(text) !== undefined).toBe(isIPv6(text));
      }),
      { numRuns: 5_000 },
    );
  });
});
