import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTcp, type TcpSegment, tcpFrame } from '../../src/core/tcp-frame.js';
import { ipInIpPacket, TCP_FLAGS, tcpPacket } from '../../src/core/tcp-packet.js';

const SYN: TcpSegment = {
  sourceMac: '02:00:00:00:00:01',
  targetMac: '02:00:00:00:00:02',
  sourceAddress: '10.0.0.2',
  sourcePort: 0xf000,
  targetAddress: '10.0.0.100',
  targetPort: 80,
  sequence: 1,
  acknowledgement: 0,
  flags: TCP_FLAGS.syn,
};

const mac = fc.uint8Array({ minLength: 6, maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const withColons = mac.map((digits) => digits.match(/../g)?.join(':') ?? '');
const port = fc.integer({ min: 0, max: 0xffff });
const number = fc.integer({ min: 0, max: 0xffffffff });
const segments: fc.Arbitrary<TcpSegment> = fc.record({
  sourceMac: withColons,
  targetMac: withColons,
  sourceAddress: fc.ipV4(),
  sourcePort: port,
  targetAddress: fc.ipV4(),
  targetPort: port,
  sequence: number,
  acknowledgement: number,
  flags: fc.integer({ min: 0, max: 255 }),
});

/** The one's complement sum that a receiver makes: all ones when the checksum is right. */
function sumOf(bytes: Buffer): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 2) sum += bytes.readUInt16BE(index);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}

describe('a TCP frame', () => {
  it('has these bytes', () => {
    expect(tcpFrame(SYN).toString('hex')).toBe(
      [
        '020000000002020000000001' + '0800',
        '45000028000000004006666b' + '0a000002' + '0a000064',
        'f00000500000000100000000' + '50020400' + 'a72b0000',
      ].join(''),
    );
  });

  it('has checksums that a receiver accepts', () => {
    fc.assert(
      fc.property(segments, (segment) => {
        const frame = tcpFrame(segment);
        expect(sumOf(frame.subarray(14, 34))).toBe(0xffff);
        const pseudo = Buffer.concat([
          frame.subarray(26, 34),
          Buffer.from([0, 6, 0, 20]),
          frame.subarray(34),
        ]);
        expect(sumOf(pseudo)).toBe(0xffff);
      }),
    );
  });

  it('is read back as it was', () => {
    fc.assert(
      fc.property(segments, (segment) => {
        expect(parseTcp(tcpFrame(segment))).toEqual(segment);
      }),
    );
  });

  it('never throws, whatever arrives', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void parseTcp(Buffer.from(bytes))));
  });

  it('is nothing else: not UDP, no later fragment, not cut short', () => {
    const change = (offset: number, value: number): Buffer => {
      const frame = tcpFrame(SYN);
      frame.writeUInt8(value, offset);
      return frame;
    };
    for (const frame of [change(23, 17), change(21, 1), change(14, 0x65), change(14, 0x4f), change(12, 9)]) {
      expect(parseTcp(frame)).toBeUndefined();
    }
    expect(parseTcp(tcpFrame(SYN).subarray(0, 53))).toBeUndefined();
  });
});

describe('a packet within a packet', () => {
  const INNER_BYTES = 40;
  const OUTER_BYTES = 20;

  it('has an outer header of its own, and forbids fragments', () => {
    const packet = ipInIpPacket(tcpPacket(SYN), '10.0.0.2', '10.9.0.11');
    expect(packet.subarray(0, OUTER_BYTES).toString('hex')).toMatch(
      /^4500003c000040004004....0a0000020a09000b$/,
    );
    expect(sumOf(packet.subarray(0, OUTER_BYTES))).toBe(0xffff);
    expect(packet.subarray(OUTER_BYTES)).toEqual(tcpPacket(SYN));
  });

  it('is as long as a client’s when it carries data', () => {
    const inner = tcpPacket(SYN, 1_460);
    expect(inner.length).toBe(INNER_BYTES + 1_460);
    expect(inner.readUInt16BE(2)).toBe(1_500);
    expect(sumOf(inner.subarray(0, OUTER_BYTES))).toBe(0xffff);
  });
});
