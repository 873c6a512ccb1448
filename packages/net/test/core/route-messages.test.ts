import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeNetlinkAttribute,
  encodeNetlinkMessage,
  netlinkMessages,
} from '../../src/core/netlink-message.js';
import {
  addAddressRequest,
  deleteAddressRequest,
  listAddressesRequest,
  listLinksRequest,
  switchLinkRequest,
} from '../../src/core/route-messages.js';
import { routeRecord } from '../../src/core/route-records.js';

const VIP = { ifindex: 3, address: '10.77.0.9', prefixLength: 32 };

/** Requests have the kernel's own form, so that the parser of records reads them. */
function recordsOf(request: Buffer) {
  return netlinkMessages(request).map(routeRecord);
}

describe('the request that switches a link', () => {
  it('has the bytes that the kernel takes, and changes one flag', () => {
    const header = '20000000100005000900000000000000'; // 32 bytes, RTM_NEWLINK, REQUEST|ACK, sequence 9
    expect(switchLinkRequest(9, 3, true).toString('hex')).toBe(`${header}00000000030000000100000001000000`);
    expect(switchLinkRequest(9, 3, false).toString('hex')).toBe(`${header}00000000030000000000000001000000`);
  });
});

describe('requests for addresses', () => {
  it('have the bytes that the kernel takes', () => {
    expect(addAddressRequest(9, VIP).toString('hex')).toBe(
      [
        '28000000140005060900000000000000', // 40 bytes, RTM_NEWADDR, REQUEST|ACK|CREATE|EXCL, sequence 9
        '0220000003000000', // AF_INET, /32, interface 3
        '080002000a4d0009', // own address
        '080001000a4d0009', // far end
      ].join(''),
    );
    expect(deleteAddressRequest(9, VIP).toString('hex', 0, 8)).toBe('2800000015000500');
  });

  it('carry label and broadcast for IPv4', () => {
    const spec = { ...VIP, label: 'eth0:1', broadcast: '10.77.0.255' };
    expect(recordsOf(addAddressRequest(1, spec))).toEqual([
      {
        type: 'address',
        address: expect.objectContaining({
          index: 3,
          family: 4,
          address: '10.77.0.9',
          prefixLength: 32,
          peer: undefined,
          label: 'eth0:1',
          broadcast: '10.77.0.255',
        }),
      },
    ]);
  });

  it('give IPv6 no duplicate detection and no preference', () => {
    const spec = {
      ifindex: 2,
      address: '2001:db8::9',
      prefixLength: 128,
      label: 'ignored',
      broadcast: '1.2.3.4',
    };
    expect(recordsOf(addAddressRequest(1, spec))).toEqual([
      {
        type: 'address',
        address: expect.objectContaining({
          family: 6,
          address: '2001:db8::9',
          prefixLength: 128,
          isNodad: true,
          preferredSeconds: 0,
          validSeconds: Infinity,
          label: undefined,
          broadcast: undefined,
        }),
      },
    ]);
  });

  it('delete what they add', () => {
    for (const address of ['10.77.0.9', '2001:db8::9']) {
      const spec = { ifindex: 2, address, prefixLength: address.includes(':') ? 128 : 32 };
      expect(recordsOf(deleteAddressRequest(1, spec))).toEqual([
        { type: 'address-removed', address: expect.objectContaining({ index: 2, address }) },
      ]);
    }
  });

  it('refuse what no kernel would take', () => {
    expect(() => addAddressRequest(1, { ...VIP, address: 'eth0' })).toThrow('no address');
    expect(() => addAddressRequest(1, { ...VIP, label: 'sixteen-bytes-16' })).toThrow('over 15');
  });

  it('ask for lists with the headers of their kind', () => {
    expect(listLinksRequest(1).toString('hex', 0, 8)).toBe('2000000012000103');
    expect(listAddressesRequest(1).toString('hex', 0, 8)).toBe('1800000016000103');
  });
});

/** A message about interface 4 with these attributes. */
function linkMessage(family: number, flags: number, ...attributes: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt8(family, 0);
  header.writeUInt16LE(1, 2);
  header.writeInt32LE(4, 4);
  header.writeUInt32LE(flags, 8);
  const payload = Buffer.concat([header, ...attributes]);
  return encodeNetlinkMessage({ type: 16, flags: 0, sequence: 0, payload });
}

const NAME = encodeNetlinkAttribute(3, Buffer.from('bond0\0'));

describe('records', () => {
  it('tell of a bond', () => {
    const kind = encodeNetlinkAttribute(18, encodeNetlinkAttribute(1, Buffer.from('bond\0')));
    const state = encodeNetlinkAttribute(16, Buffer.from([6]));
    const mac = encodeNetlinkAttribute(1, Buffer.from('020000000001', 'hex'));
    const master = encodeNetlinkAttribute(10, Buffer.from([9, 0, 0, 0]));
    const mtu = encodeNetlinkAttribute(4, Buffer.from([0xdc, 5, 0, 0]));
    expect(recordsOf(linkMessage(0, 0x10001, NAME, kind, state, mac, master, mtu))).toEqual([
      {
        type: 'link',
        link: {
          index: 4,
          name: 'bond0',
          isUp: true,
          hasCarrier: true,
          operationalState: 'up',
          kind: 'bond',
          master: 9,
          mac: '02:00:00:00:00:01',
          hardwareType: 1,
          mtuBytes: 1500,
        },
      },
    ]);
  });

  it('do without what a link does not tell', () => {
    const [record] = recordsOf(linkMessage(0, 0x1, NAME, encodeNetlinkAttribute(16, Buffer.from([99]))));
    expect(record).toMatchObject({ link: { isUp: true, hasCarrier: false, operationalState: 'unknown' } });
  });

  it("leave out a bridge's words about its ports", () => {
    expect(recordsOf(linkMessage(7, 0x1, NAME))).toEqual([undefined]);
  });

  it('survive any bytes', () => {
    const anyMessage = fc.record({
      type: fc.constantFrom(16, 17, 20, 21, 2, 3),
      flags: fc.constant(0),
      sequence: fc.constant(0),
      payload: fc.uint8Array({ maxLength: 120 }).map((array) => Buffer.from(array)),
    });
    fc.assert(
      fc.property(anyMessage, fc.constantFrom(0, 2, 10), (message, family) => {
        if (message.payload.length > 0) message.payload[0] = family;
        const record = routeRecord(message);
        expect(record === undefined || 'link' in record || 'address' in record).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
