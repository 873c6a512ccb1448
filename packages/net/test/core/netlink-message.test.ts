import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeNetlinkAttribute,
  encodeNetlinkMessage,
  netlinkAnswer,
  netlinkAttributes,
  netlinkMessages,
  netlinkText,
} from '../../src/core/netlink-message.js';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const message = fc.record({
  type: fc.nat(0xffff),
  flags: fc.nat(0xffff),
  sequence: fc.nat(0x7fffffff),
  payload: bytes(80),
});

/** An answer to a request of 20 bytes, with the kernel's words behind it. */
function refusal(errno: number, text: string, isCapped: boolean): Buffer {
  const request = encodeNetlinkMessage({ type: 20, flags: 5, sequence: 7, payload: Buffer.alloc(4, 0xee) });
  const code = Buffer.alloc(4);
  code.writeInt32LE(-errno);
  const attribute = encodeNetlinkAttribute(1, Buffer.from(`${text}\0`));
  const payload = Buffer.concat([code, isCapped ? request.subarray(0, 16) : request, attribute]);
  return encodeNetlinkMessage({ type: 2, flags: 0x200 | (isCapped ? 0x100 : 0), sequence: 7, payload });
}

describe('netlink messages', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 10 }), (messages) => {
        const datagram = Buffer.concat(messages.map(encodeNetlinkMessage));
        expect(netlinkMessages(datagram)).toEqual(messages);
      }),
    );
  });

  it('survive any bytes', () => {
    fc.assert(
      fc.property(bytes(300), (datagram) => {
        for (const one of netlinkMessages(datagram)) netlinkAnswer(one);
        netlinkAttributes(datagram);
        netlinkAnswer({ type: 2, flags: 0x200, sequence: 1, payload: datagram });
        netlinkAnswer({ type: 2, flags: 0x300, sequence: 1, payload: datagram });
      }),
      { numRuns: 1_000 },
    );
  });

  it('end where the datagram was cut off', () => {
    const one = encodeNetlinkMessage({ type: 1, flags: 0, sequence: 1, payload: Buffer.alloc(8) });
    const two = Buffer.concat([one, one]);
    expect(netlinkMessages(two.subarray(0, two.length - 1))).toHaveLength(1);
    expect(netlinkMessages(two.subarray(0, 15))).toHaveLength(0);
  });

  it('do not loop on a length of zero', () => {
    expect(netlinkMessages(Buffer.alloc(64))).toEqual([]);
    expect(netlinkAttributes(Buffer.alloc(64)).size).toBe(0);
  });
});

describe('netlink attributes', () => {
  it('are read as they were written, without the flag bits of their type', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.nat(0x3fff).map(String), bytes(20), { maxKeys: 8 }), (wanted) => {
        const entries = Object.entries(wanted).map(([type, value]) => [Number(type), value] as const);
        const written = entries.map(([type, value]) => encodeNetlinkAttribute(type | 0x8000, value));
        expect([...netlinkAttributes(Buffer.concat(written))]).toEqual(entries);
      }),
    );
  });

  it('hold text up to the first zero', () => {
    expect(netlinkText(Buffer.from('eth0\0junk'))).toBe('eth0');
    expect(netlinkText(Buffer.from('eth0'))).toBe('eth0');
  });
});

describe('answers', () => {
  it.each([true, false])('carry errno and words; request capped: %s', (isCapped) => {
    const [answer] = netlinkMessages(refusal(17, 'exists already', isCapped)).map(netlinkAnswer);
    expect(answer).toEqual({ errno: 17, text: 'exists already' });
  });

  it('are told apart from data', () => {
    const payload = Buffer.alloc(4);
    expect(netlinkAnswer({ type: 20, flags: 0, sequence: 1, payload })).toBeUndefined();
    expect(netlinkAnswer({ type: 2, flags: 0, sequence: 1, payload })).toEqual({ errno: 0, text: undefined });
  });

  it('limit what the kernel says', () => {
    const [answer] = netlinkMessages(refusal(1, 'x'.repeat(5_000), true)).map(netlinkAnswer);
    expect(answer?.text).toHaveLength(200);
  });
});
