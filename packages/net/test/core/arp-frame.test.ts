import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arpProbe,
  arpRequest,
  gratuitousReply,
  gratuitousRequest,
  parseArp,
} from '../../src/core/arp-frame.js';
import { formatMac } from '../../src/core/mac.js';

const HOLDER = { mac: '02:00:5e:10:00:01', address: '10.77.0.100' };

/** Hexadecimal digits; blanks and line ends only divide. */
function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
}

const mac = fc.uint8Array({ minLength: 6, maxLength: 6 }).map(formatMac);
const address = fc.ipV4();

describe('gratuitousReply', () => {
  it('is the frame of the original, byte for byte', () => {
    expect(gratuitousReply(HOLDER)).toEqual(
      hex(`ffffffffffff 02005e100001 0806
           0001 0800 06 04 0002
           02005e100001 0a4d0064
           02005e100001 0a4d0064
           0000000000000000 0000000000000000 0000`),
    );
  });

  it('goes to one station where one is named', () => {
    const frame = gratuitousReply(HOLDER, '0200AABBCCDD');
    expect(frame.subarray(0, 12)).toEqual(hex('0200aabbccdd 02005e100001'));
    expect(frame.subarray(12)).toEqual(gratuitousReply(HOLDER).subarray(12));
  });
});

describe('gratuitousRequest', () => {
  it('asks for its own address', () => {
    expect(gratuitousRequest(HOLDER)).toEqual(
      hex(`ffffffffffff 02005e100001 0806
           0001 0800 06 04 0001
           02005e100001 0a4d0064
           000000000000 0a4d0064
           0000000000000000 0000000000000000 0000`),
    );
  });
});

describe('arpProbe', () => {
  it('asks on behalf of nobody', () => {
    expect(arpProbe(HOLDER)).toEqual(
      hex(`ffffffffffff 02005e100001 0806
           0001 0800 06 04 0001
           02005e100001 00000000
           000000000000 0a4d0064
           0000000000000000 0000000000000000 0000`),
    );
  });
});

describe('arpRequest', () => {
  it('asks all, or the station that had the address', () => {
    const asked = hex(`02005e100001 0806
           0001 0800 06 04 0001
           02005e100001 0a4d0064
           000000000000 0a4d00fe
           0000000000000000 0000000000000000 0000`);
    expect(arpRequest(HOLDER, '10.77.0.254')).toEqual(Buffer.concat([hex('ffffffffffff'), asked]));
    const known = arpRequest(HOLDER, '10.77.0.254', '02:00:aa:bb:cc:dd');
    expect(known).toEqual(Buffer.concat([hex('0200aabbccdd'), asked]));
  });
});

describe('parseArp', () => {
  it('reads what is built', () => {
    fc.assert(
      fc.property(mac, address, mac, (own, held, other) => {
        const holder = { mac: own, address: held };
        const sender = { senderMac: own, senderAddress: held, targetAddress: held };
        expect(parseArp(gratuitousReply(holder, other))).toEqual({ ...sender, operation: 2, targetMac: own });
        const nobody = '00:00:00:00:00:00';
        expect(parseArp(gratuitousRequest(holder))).toEqual({ ...sender, operation: 1, targetMac: nobody });
        expect(parseArp(arpProbe(holder))).toEqual({
          operation: 1,
          senderMac: own,
          senderAddress: '0.0.0.0',
          targetMac: nobody,
          targetAddress: held,
        });
      }),
    );
  });

  it('reads an answer of another station, without padding', () => {
    const frame = hex(`02005e100001 0200aabbccdd 0806
                       0001 0800 06 04 0002
                       0200aabbccdd c0a80001 02005e100001 c0a80002`);
    expect(parseArp(frame)).toEqual({
      operation: 2,
      senderMac: '02:00:aa:bb:cc:dd',
      senderAddress: '192.168.0.1',
      targetMac: '02:00:5e:10:00:01',
      targetAddress: '192.168.0.2',
    });
  });

  it.each([
    ['another protocol', 12],
    ['another hardware', 15],
    ['another network protocol', 16],
    ['longer hardware addresses', 18],
    ['longer network addresses', 19],
  ])('leaves out %s', (_, offset) => {
    const frame = gratuitousReply(HOLDER);
    frame.writeUInt8((frame[offset] ?? 0) ^ 0x10, offset);
    expect(parseArp(frame)).toBeUndefined();
  });

  it('leaves out a frame that is cut off, and never fails', () => {
    expect(parseArp(gratuitousReply(HOLDER).subarray(0, 41))).toBeUndefined();
    expect(parseArp(gratuitousReply(HOLDER).subarray(0, 42))).toBeDefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        parseArp(Buffer.from(bytes));
      }),
    );
  });
});
