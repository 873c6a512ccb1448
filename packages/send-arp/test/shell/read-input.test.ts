import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readWords } from '../../src/shell/read-input.js';

describe('readWords', () => {
  it('puts together lines that come in pieces', async () => {
    const pieces = ['eth0=10.0', '.0.1\net', 'h0=fd00::1\n'].map((text) => Buffer.from(text));
    expect(await readWords(Readable.from(pieces))).toEqual(['eth0=10.0.0.1', 'eth0=fd00::1']);
  });

  it('stops at 1 MiB', async () => {
    const mebibyte = Buffer.alloc(1024 * 1024, '\n');
    expect(await readWords(Readable.from([mebibyte]))).toEqual([]);
    await expect(readWords(Readable.from([mebibyte, Buffer.from('x')]))).rejects.toMatchObject({
      code: 'SEND_ARP_LIMIT',
    });
  });
});
