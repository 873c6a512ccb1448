import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Announcement, announcementIn, withAnnouncement } from '../../src/core/announcement.js';
import { decodeHeartbeat, encodeHeartbeat } from '../../src/core/heartbeat.js';

const key = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .filter((bytes) => bytes.some((byte) => byte !== 0));
const keyBuffer = key.map((bytes) => Buffer.from(bytes));
const announcement: fc.Arbitrary<Announcement> = fc.record({
  publicKey: keyBuffer,
  heard: fc.option(keyBuffer, { nil: undefined }),
});
const WORD = encodeHeartbeat('lvs running');

describe('an announcement behind a word', () => {
  it('comes out as it went in, and the word is heard as without it', () => {
    fc.assert(
      fc.property(announcement, (one) => {
        const datagram = withAnnouncement(WORD, one);
        expect(announcementIn(datagram)).toEqual(one);
        // An original reads the first four bytes and no more.
        expect(decodeHeartbeat(datagram)).toEqual(decodeHeartbeat(WORD));
        expect(datagram.subarray(0, 4)).toEqual(WORD);
      }),
    );
  });

  it('is nothing else than it seems: any other datagram carries none', () => {
    const whole = withAnnouncement(WORD, { publicKey: Buffer.alloc(32, 1), heard: undefined });
    const changed = (offset: number) => {
      const copy = Buffer.from(whole);
      copy[offset] = (copy[offset] ?? 0) ^ 0x40;
      return copy;
    };
    for (const offset of [4, 5, 6, 7, 8, 9, 10, 11]) expect(announcementIn(changed(offset))).toBeUndefined();
    expect(announcementIn(whole.subarray(0, -1))).toBeUndefined();
    expect(announcementIn(Buffer.concat([whole, Buffer.alloc(1)]))).toBeUndefined();
    expect(announcementIn(WORD)).toBeUndefined();
    const empty = withAnnouncement(WORD, { publicKey: Buffer.alloc(32), heard: undefined });
    expect(announcementIn(empty)).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(announcementIn(Buffer.from(bytes))).toBeUndefined();
      }),
    );
  });
});
