import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBytes } from '../../src/core/address-bytes.js';
import { canonicalAddress } from '../../src/core/format-address.js';
import { confirmNeighbourRequest, listNeighboursRequest } from '../../src/core/neighbour-messages.js';
import { neighbourRecords } from '../../src/core/neighbour-records.js';
import {
  encodeNetlinkAttribute,
  encodeNetlinkMessage,
  netlinkMessages,
} from '../../src/core/netlink-message.js';

const PARTNER = { ifindex: 3, address: '10.77.0.9', linkAddress: '02:00:5e:10:00:01' };

const bytesOf = (address: string): Buffer => addressBytes(address) ?? Buffer.alloc(0);

/** What a message says of these addresses: a request has the form of the kernel's own messages. */
function recordsOf(message: Buffer, ...addresses: readonly string[]) {
  return neighbourRecords(netlinkMessages(message), addresses.map(bytesOf));
}

/** A message of the kernel about an address on interface 3. */
function entryMessage(address: string, state: number, flags: number, ...more: readonly Buffer[]): Buffer {
  const destination = bytesOf(address);
  const header = Buffer.alloc(12);
  header.writeUInt8(destination.length === 4 ? 2 : 10, 0);
  header.writeInt32LE(3, 4);
  header.writeUInt16LE(state, 8);
  header.writeUInt8(flags, 10);
  const payload = Buffer.concat([header, encodeNetlinkAttribute(1, destination), ...more]);
  return encodeNetlinkMessage({ type: 28, flags: 0, sequence: 0, payload });
}

const LINK = encodeNetlinkAttribute(2, Buffer.from('02005e100001', 'hex'));

describe('requests about neighbours', () => {
  it('have the bytes that the kernel takes', () => {
    expect(listNeighboursRequest(9, 4).toString('hex')).toBe(
      '1c0000001e00010309000000000000000200000000000000' + '00000000',
    );
    expect(listNeighboursRequest(9, 6).toString('hex', 16, 17)).toBe('0a');
    expect(confirmNeighbourRequest(9, PARTNER).toString('hex')).toBe(
      [
        '300000001c0005040900000000000000', // 48 bytes, RTM_NEWNEIGH, REQUEST|ACK|CREATE, sequence 9
        '020000000300000002000000', // AF_INET, interface 3, NUD_REACHABLE
        '080001000a4d0009',
        '0a00020002005e1000010000',
      ].join(''),
    );
  });

  it('refuse what no kernel would take', () => {
    expect(() => confirmNeighbourRequest(1, { ...PARTNER, address: 'eth0' })).toThrow('no address');
    for (const linkAddress of ['', '02:00:5', '02-00', '02:00:5E', `${'00:'.repeat(32)}00`]) {
      expect(() => confirmNeighbourRequest(1, { ...PARTNER, linkAddress })).toThrow('no link-layer');
    }
  });

  it('are read back as what they ask for', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    const link = fc.uint8Array({ minLength: 1, maxLength: 32 });
    fc.assert(
      fc.property(address, link, fc.integer({ min: 1, max: 0x7fffffff }), (text, bytes, ifindex) => {
        const linkAddress = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
        const request = confirmNeighbourRequest(1, { ifindex, address: text, linkAddress });
        expect(recordsOf(request, text)).toEqual([
          { ifindex, address: canonicalAddress(text), linkAddress, state: 'trusted' },
        ]);
      }),
    );
  });
});

describe('entries of the table', () => {
  it.each([
    [0x02, 0, 'trusted'],
    [0x04, 0, 'trusted'],
    [0x08, 0x80, 'trusted'],
    [0x10, 0, 'probed'],
    [0x01, 0, 'lost'],
    [0x20, 0, 'lost'],
    [0x00, 0, 'lost'],
    [0x40, 0, 'fixed'],
    [0x80, 0, 'fixed'],
    [0x02, 0x10, 'fixed'],
  ])('in state %d with flags %d are %s', (state, flags, expected) => {
    const [entry] = recordsOf(entryMessage('10.77.0.9', state, flags, LINK), '10.77.0.9');
    expect(entry).toEqual({ ...PARTNER, state: expected });
  });

  it('have no link-layer address while nobody answers', () => {
    const [entry] = recordsOf(entryMessage('fd00:77::9', 0x20, 0), 'fd00:77::9');
    expect(entry).toEqual({ ifindex: 3, address: 'fd00:77::9', linkAddress: undefined, state: 'lost' });
  });

  it('of others, and of addresses that are answered for, are left out', () => {
    expect(recordsOf(entryMessage('10.77.0.9', 0x02, 0, LINK), '10.77.0.8')).toEqual([]);
    // The bytes of the one looked for, but in another place.
    const inside = encodeNetlinkAttribute(2, bytesOf('10.77.0.8'));
    expect(recordsOf(entryMessage('10.77.0.9', 0x02, 0, inside), '10.77.0.8')).toEqual([]);
    expect(recordsOf(entryMessage('10.77.0.9', 0x02, 0x08, LINK), '10.77.0.9')).toEqual([]);
  });

  it('survive any bytes', () => {
    const anyMessage = fc.record({
      type: fc.constantFrom(28, 29, 2, 3),
      flags: fc.constant(0),
      sequence: fc.constant(0),
      payload: fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
    });
    fc.assert(
      fc.property(anyMessage, fc.constantFrom('10.77.0.9', '::'), (message, address) => {
        // Every message has the bytes that are looked for, whatever else it has.
        const payload = Buffer.concat([message.payload, encodeNetlinkAttribute(1, bytesOf(address))]);
        for (const entry of neighbourRecords([{ ...message, payload }], [bytesOf(address)])) {
          expect(entry.address).toBe(address);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
