import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressFamily, formatIpv6, isMappedIpv4, parseIpv6 } from '../../src/core/ipv6.js';

function canonical(text: string): string | undefined {
  const groups = parseIpv6(text);
  return groups && formatIpv6(groups);
}

describe('IPv6 addresses', () => {
  it.each([
    ['2001:DB8::1', '2001:db8::1'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
  ])('%s is %s', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it.each([
    '',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4::5:6:7:8',
    '12345::',
    'g::',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
    '[::1]',
    '::1/64',
    'fe80::1%eth0',
    '1.2.3.4',
    '::1.2.3',
    '::01.2.3.4',
    '::1.2.3.004',
    '::1.2.3.256',
    '1.2.3.4::',
    '1:2:3:4:5:6:7:1.2.3.4',
    `${'0'.repeat(44)}::`,
  ])('%j is none', (text) => {
    expect(parseIpv6(text)).toBeUndefined();
  });

  it('are read back as they were', () => {
    const groups = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, (value) => {
        expect(parseIpv6(formatIpv6(value))).toEqual(value);
      }),
    );
  });

  it('that stand for IPv4 are known', () => {
    expect(isMappedIpv4(parseIpv6('::ffff:10.0.0.1') ?? [])).toBe(true);
    expect(isMappedIpv4(parseIpv6('::10.0.0.1') ?? [])).toBe(false);
  });

  it('have a family beside IPv4', () => {
    expect([addressFamily('10.0.0.1'), addressFamily('::1')]).toEqual([4, 6]);
  });
});
