import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTimestampReply, timestampRequest } from '../../src/core/icmp-timestamp.js';

const DAY_MS = 86_400_000;
const IP_HEADER = Buffer.from('4500002800004000400100000a0000030a000002', 'hex');

/** What a machine answers whose clock shows this time. */
function reply(request: Buffer, theirMs: number): Buffer {
  const message = Buffer.from(request);
  message.writeUInt8(14, 0);
  message.writeUInt32BE(theirMs, 12);
  message.writeUInt32BE(theirMs, 16);
  return Buffer.concat([IP_HEADER, message]);
}

describe('the time of day by ICMP', () => {
  it('asks with a right checksum', () => {
    expect(timestampRequest(7, DAY_MS + 256).toString('hex')).toBe(
      '0d00f1f8000700000000010000000000' + '00000000',
    );
  });

  it('tells how far another clock is ahead, over midnight too', () => {
    const offsets = fc.integer({ min: -DAY_MS / 2 + 1, max: DAY_MS / 2 - 1 });
    const times = fc.integer({ min: 0, max: 30 * DAY_MS });
    fc.assert(
      fc.property(times, offsets, (nowMs, offsetMs) => {
        const theirMs = (nowMs + offsetMs + DAY_MS) % DAY_MS;
        const packet = reply(timestampRequest(7, nowMs), theirMs);
        expect(readTimestampReply(packet, 7, nowMs, nowMs)).toBe(offsetMs);
      }),
    );
  });

  it('takes half of the way there and back for itself', () => {
    const packet = reply(timestampRequest(7, 1_000), 1_500);
    expect(readTimestampReply(packet, 7, 1_000, 1_200)).toBe(400);
  });

  it('reads nothing else', () => {
    const request = timestampRequest(7, 0);
    expect(readTimestampReply(Buffer.concat([IP_HEADER, request]), 7, 0, 0)).toBeUndefined();
    expect(readTimestampReply(reply(request, 0), 8, 0, 0)).toBeUndefined();
    expect(readTimestampReply(reply(request, 0x80000001), 7, 0, 0)).toBeUndefined();
    expect(readTimestampReply(Buffer.alloc(0), 7, 0, 0)).toBeUndefined();
    expect(readTimestampReply(IP_HEADER, 7, 0, 0)).toBeUndefined();
  });
});
