import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyMask, formatIpv4, isContiguousMask, parseIpv4 } from '../../src/index.js';

const address = fc.integer({ min: 0, max: 0xffffffff });

describe('IPv4 addresses', () => {
  it('survive being printed and read', () => {
    fc.assert(
      fc.property(address, (value) => {
        expect(parseIpv4(formatIpv4(value))).toBe(value);
      }),
    );
  });

  it.each([
    ['10.1', '10.0.0.1'],
    ['10.0.1', '10.0.0.1'],
    ['0x0a000001', '10.0.0.1'],
    ['167772161', '10.0.0.1'],
    ['010.0.0.1', '8.0.0.1'],
    ['0xA.0.0.0x01', '10.0.0.1'],
  ])('reads %s as inet_aton does: %s', (text, dotted) => {
    expect(formatIpv4(parseIpv4(text) ?? -1)).toBe(dotted);
  });

  it.each([
    '',
    '.',
    '1.2.3.4.5',
    '256.1.1.1',
    '10.16777216',
    '1.2.3.256',
    '4294967296',
    '08.1.1.1',
    'a.b',
    '1..2',
    ' 1.2.3.4',
  ])('refuses %j', (text) => expect(parseIpv4(text)).toBeUndefined());

  it('never throws on any text', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseIpv4(text)));
  });

  it('knows the 33 contiguous masks', () => {
    const masks = Array.from({ length: 33 }, (_, bits) =>
      bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0,
    );
    for (const mask of masks) expect(isContiguousMask(mask)).toBe(true);
    fc.assert(
      fc.property(address, (mask) => {
        expect(isContiguousMask(mask)).toBe(masks.includes(mask));
      }),
    );
  });

  it('masks keep the network part alone', () => {
    expect(formatIpv4(applyMask(parseIpv4('10.1.2.3') ?? 0, parseIpv4('255.255.255.0') ?? 0))).toBe(
      '10.1.2.0',
    );
  });
});
