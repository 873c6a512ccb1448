import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHeartbeat, encodeHeartbeat } from '../../src/index.js';

describe('heartbeat words', () => {
  it.each([
    ['lvs running', 'dadbadbd'],
    ['lvs stopped', 'bddabdad'],
    ['fos running', 'bebaefbe'],
    ['fos stopped', 'efbeadde'],
    ['fos go inactive', 'dadaadde'],
    ['hold', 'bebaafde'],
    ['held', 'dadaafde'],
  ] as const)('%s is %s on the wire, as from an x86 pulse', (word, hex) => {
    expect(encodeHeartbeat(word).toString('hex')).toBe(hex);
    expect(decodeHeartbeat(Buffer.from(hex, 'hex'))).toEqual({ type: 'word', word, byteOrder: 'little' });
  });

  it('cuts a longer datagram to four bytes', () => {
    expect(decodeHeartbeat(Buffer.from('dadbadbdffff', 'hex'))).toEqual({
      type: 'word',
      word: 'lvs running',
      byteOrder: 'little',
    });
  });

  it('writes and understands the order of a big-endian machine too; no word is another one backwards', () => {
    for (const [word, hex] of [
      ['lvs running', 'bdaddbda'],
      ['lvs stopped', 'adbddabd'],
      ['fos running', 'beefbabe'],
      ['fos stopped', 'deadbeef'],
      ['fos go inactive', 'deaddada'],
      ['hold', 'deafbabe'],
      ['held', 'deafdada'],
    ] as const) {
      expect(encodeHeartbeat(word, 'big').toString('hex')).toBe(hex);
      expect(decodeHeartbeat(Buffer.from(hex, 'hex'))).toEqual({ type: 'word', word, byteOrder: 'big' });
    }
  });

  it('refuses short datagrams and unknown words, and never throws', () => {
    expect(decodeHeartbeat(Buffer.alloc(3))).toEqual({ type: 'bad length', bytes: 3 });
    expect(decodeHeartbeat(Buffer.alloc(4))).toEqual({ type: 'unknown word', value: 0 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void decodeHeartbeat(Buffer.from(bytes))),
    );
  });
});
