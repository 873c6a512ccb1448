import { SocketAddress } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBytes } from '../../src/core/address-bytes.js';
import { canonicalAddress, formatAddress } from '../../src/core/format-address.js';

/** Many zeros, as real addresses have. */
const ipv6Bytes = fc
  .array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 })
  .map((groups) => Buffer.from(groups.flatMap((group) => [group >> 8, group & 255])));

describe('addresses as text', () => {
  it('are read back to the same bytes', () => {
    const ipv4Bytes = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(fc.oneof(ipv4Bytes, ipv6Bytes), (bytes) => {
        expect(addressBytes(formatAddress(bytes) ?? '')).toEqual(bytes);
      }),
    );
  });

  it('are spelled as the system spells IPv6', () => {
    // Those that contain an IPv4 address have their own spelling, which differs between systems; none is a VIP.
    const plain = ipv6Bytes.filter((bytes) => bytes.subarray(0, 8).some((byte) => byte !== 0));
    fc.assert(
      fc.property(plain, (bytes) => {
        const text = formatAddress(bytes) ?? '';
        expect(new SocketAddress({ address: text, family: 'ipv6' }).address).toBe(text);
      }),
    );
  });

  it.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::', '::'],
    ['0:0:1:0:0:0:0:1', '0:0:1::1'],
    ['1:0:2:0:3:0:4:0', '1:0:2:0:3:0:4:0'],
    ['fe80:0:0:0:1:0:0:0', 'fe80::1:0:0:0'],
    ['10.0.0.9', '10.0.0.9'],
  ])('%s is %s', (text, canonical) => expect(canonicalAddress(text)).toBe(canonical));

  it.each(['', 'eth0', '1.2.3.400', '1:2', ':::'])('%j is none', (text) =>
    expect(canonicalAddress(text)).toBeUndefined(),
  );
});
