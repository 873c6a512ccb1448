import { describe, expect, it } from 'vitest';
import { echoRequest, quotesRequest, readEchoMessage, readEchoReply } from '../../src/core/icmp-echo.js';
import { checksum } from '../../src/core/tcp-packet.js';

const DATA = Buffer.from('0123456789abcdef');

function replyTo(family: 4 | 6, request: Buffer): Buffer {
  const reply = Buffer.from(request);
  reply.writeUInt8(family === 4 ? 0 : 129, 0);
  // A raw IPv4 socket gives the header too, here one with options.
  return family === 4 ? Buffer.concat([Buffer.from([0x46]), Buffer.alloc(23), reply]) : reply;
}

describe('ICMP echo', () => {
  it('sums over IPv4, and leaves that to the kernel over IPv6', () => {
    const request = echoRequest(4, 0x1234, 7, DATA);
    expect(request.subarray(0, 2).toString('hex')).toBe('0800');
    expect(checksum(request)).toBe(0);
    expect(echoRequest(6, 0x1234, 7, DATA).subarray(0, 8).toString('hex')).toBe('8000000012340007');
  });

  it.each([4, 6] as const)('knows the answer to its question, IPv%i', (family) => {
    const reply = replyTo(family, echoRequest(family, 0x1234, 65_535, DATA));
    expect(readEchoReply(family, reply, 0x1234, DATA)).toBe(65_535);
    expect(readEchoReply(family, reply, 0x1235, DATA)).toBeUndefined();
    expect(readEchoReply(family, reply, 0x1234, Buffer.from('0123456789abcdeX'))).toBeUndefined();
  });

  it.each([4, 6] as const)(
    'knows it from a socket for echoes too, whatever identifier the kernel gave, IPv%i',
    (family) => {
      const reply = Buffer.from(echoRequest(family, 0x1234, 7, DATA));
      expect(readEchoMessage(family, reply, DATA)).toBeUndefined();
      reply.writeUInt8(family === 4 ? 0 : 129, 0);
      expect(readEchoMessage(family, reply, DATA)).toBe(7);
      expect(readEchoMessage(family, reply, Buffer.alloc(16))).toBeUndefined();
      for (let length = 0; length < reply.length; length += 1) {
        expect(readEchoMessage(family, reply.subarray(0, length), DATA)).toBeUndefined();
      }
      expect(readEchoMessage(family, Buffer.concat([reply, Buffer.alloc(600)]), DATA)).toBeUndefined();
    },
  );

  it.each([4, 6] as const)('takes nothing else for it, IPv%i', (family) => {
    const request = echoRequest(family, 1, 1, DATA);
    const whole = replyTo(family, request);
    const asked = family === 4 ? Buffer.concat([whole.subarray(0, 24), request]) : request;
    expect(readEchoReply(family, asked, 1, DATA)).toBeUndefined();
    for (let length = 0; length < whole.length; length += 1) {
      expect(readEchoReply(family, whole.subarray(0, length), 1, DATA)).toBeUndefined();
    }
    expect(readEchoReply(family, Buffer.concat([whole, Buffer.alloc(600)]), 1, DATA)).toBeUndefined();
  });
});

describe.each([4, 6] as const)('what the network says of a question over IPv%i', (family) => {
  const request = echoRequest(family, 0x1234, 7, DATA);

  it('is about ours where it quotes it, whole or in part', () => {
    for (let length = 8; length <= request.length; length++) {
      expect(quotesRequest(family, request.subarray(0, length), 0x1234, DATA)).toBe(true);
    }
    expect(quotesRequest(family, request, undefined, DATA)).toBe(true);
    expect(quotesRequest(family, Buffer.concat([request, Buffer.alloc(9)]), 0x1234, DATA)).toBe(true);
  });

  it('is about something else where it quotes another, or next to nothing', () => {
    expect(quotesRequest(family, request, 0x1235, DATA)).toBe(false);
    expect(quotesRequest(family, request, 0x1234, Buffer.alloc(16))).toBe(false);
    expect(quotesRequest(family, replyTo(6, request), 0x1234, DATA)).toBe(false);
    for (let length = 0; length < 8; length++) {
      expect(quotesRequest(family, request.subarray(0, length), 0x1234, DATA)).toBe(false);
    }
  });
});
