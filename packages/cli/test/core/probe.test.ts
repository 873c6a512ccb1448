import { parseLvsCf } from '@piranha/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { probeFile, readTarget } from '../../src/core/probe-words.js';
import { outcomeLines, pieceJson, pieceLines, wholeDigests } from '../../src/core/render-probe.js';
import { run } from '../support/run.js';

describe('the place of a probe', () => {
  it.each([
    ['10.0.0.1:80', { host: '10.0.0.1', port: 80 }],
    ['10.0.0.1', { host: '10.0.0.1', port: undefined }],
    ['web1.example.com:443', { host: 'web1.example.com', port: 443 }],
    ['[2001:db8::1]:443', { host: '2001:db8::1', port: 443 }],
    ['[::1]', { host: '::1', port: undefined }],
    ['2001:db8::1', { host: '2001:db8::1', port: undefined }],
  ])('is read from %s', (text, target) => {
    expect(readTarget(text)).toEqual(target);
  });

  it.each(['', ':80', '10.0.0.1:', '10.0.0.1:0', '10.0.0.1:65536', '[::1:80', 'a b:80', '[web]:1'])(
    'is not read from %j',
    (text) => {
      expect(readTarget(text)).toBeUndefined();
    },
  );
});

describe('the file of a probe', () => {
  it('means the words that were given, whatever they hold', () => {
    const value = fc
      .string({ unit: 'binary', maxLength: 20 })
      .filter((text) => /^[^"'\\\p{C}]+$/u.test(text));
    fc.assert(
      fc.property(value, (text) => {
        const { configuration, diagnostics } = parseLvsCf(
          probeFile('http_get', '10.0.0.1', 80, [['body', text]]).text,
        );
        expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
        const [spec] = configuration?.virtualServers[0]?.check.specs ?? [];
        expect(spec?.kind === 'http_get' && (spec.text ?? '')).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  it('takes a server of either family', () => {
    for (const address of ['10.0.0.1', '2001:db8::7']) {
      const { configuration } = parseLvsCf(probeFile('ping', address, undefined, []).text);
      expect(configuration?.virtualServers[0]?.check.specs).toMatchObject([{ kind: 'ping' }]);
    }
  });

  it.each(['10.0.0.1', '2001:db8::1', '::1'])('has no error for %s', (address) => {
    const { diagnostics } = parseLvsCf(probeFile('tcp', address, 80, []).text);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('cannot hold a line end', () => {
    expect(() => probeFile('http_get', '10.0.0.1', 80, [['body', 'a\nb']])).toThrowError('cannot hold');
  });
});

describe('lvsctl probe', () => {
  it('says that a regular expression is none, as the check of a file does, and finds no server down', async () => {
    const { status, stdout, stderr } = await run(['probe', 'http_get', '192.0.2.1:80', 'regex=(']);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('[CF_CHECK_REGEX]');
  });

  it.each([
    [['tcp', 'nowhere:'], 'PROBE_TARGET'],
    [['tcp', '127.0.0.1:1', 'kind=dns'], 'PROBE_WORD'],
    [['tcp', '10.0.0.1'], 'PROBE_TARGET'],
    [['tcp', '10.0.0.1:80', 'word'], 'PROBE_WORD'],
    [['tcp', '10.0.0.1:80', 'connect_port=0'], 'CF_RANGE'],
    [['tcp', '10.0.0.1:80', 'path=/'], 'CF_CHECK_WORD'],
    [['tpc', '10.0.0.1:80'], 'CF_BAD_KEYWORD'],
    [['tls', '10.0.0.1:443', 'verify=name'], 'CF_CHECK_MISSING'],
  ])('refuses %j', async (words, code) => {
    const { status, stdout, stderr } = await run(['probe', ...words]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`[${code}]\n`);
  });

  it('shows each line once, without what would move the cursor', () => {
    const bytes = new TextEncoder().encode('HTTP/1.1 200 OK\r\n\r\n\u202ex\r\n');
    const lines = pieceLines({ direction: 'received', bytes });
    expect(lines.slice(0, 2)).toEqual(['< HTTP/1.1 200 OK', '<']);
    expect(lines[2]).not.toContain('\u202e');
    const cursor = pieceLines({ direction: 'received', bytes: new TextEncoder().encode('\u001b[2Jx') });
    expect(cursor).toEqual(['< 1b 5b 32 4a 78                                   .[2Jx']);
    const long = pieceLines({ direction: 'sent', bytes: new Uint8Array(5_000).fill(65) });
    expect(long.at(-1)).toBe('> (1000 bytes more)');
  });

  it('shows what is no text in hexadecimal, with the text in it beside', () => {
    const query = Buffer.from('\u0001\0\0\u0001www.example of a name that goes on', 'latin1');
    expect(pieceLines({ direction: 'sent', bytes: query })).toEqual([
      '> 01 00 00 01 77 77 77 2e 65 78 61 6d 70 6c 65 20  ....www.example',
      '> 6f 66 20 61 20 6e 61 6d 65 20 74 68 61 74 20 67  of a name that g',
      '> 6f 65 73 20 6f 6e                                oes on',
    ]);
    const long = pieceLines({ direction: 'received', bytes: new Uint8Array(5_000) });
    expect(long).toHaveLength(4_000 / 16 + 1);
    expect(long.at(-1)).toBe('< (1000 bytes more)');
  });

  it('takes text of any language for text, also where it is cut within a character', () => {
    const umlauts = Buffer.from('ü'.repeat(3_000));
    expect(pieceLines({ direction: 'sent', bytes: umlauts })[0]).toMatch(/^> ü+$/);
    expect(pieceLines({ direction: 'received', bytes: umlauts.subarray(0, 3) })[0]).toMatch(/^< ü/);
    expect(pieceLines({ direction: 'received', bytes: Buffer.from([0xff, 0x41]) })).toEqual([
      '< ff 41                                            .A',
    ]);
  });

  it('gives programs every byte', () => {
    expect(pieceJson({ direction: 'sent', bytes: Buffer.from([0, 0xff, 0x41]).subarray(1) })).toEqual({
      direction: 'sent',
      text: '\ufffdA',
      hex: 'ff41',
    });
  });

  it('says the verdict last, warnings above', () => {
    const outcome = { ok: false, reason: 'status 503', durationMs: 1.5, notices: ['it ends'] };
    expect(outcomeLines(outcome)).toEqual(['* it ends', 'down: status 503 (1.5 ms)']);
  });
});

describe('lvsctl genhash', () => {
  it('prints whole digests of a page that was found, and no others', () => {
    const digests = { md5: 'a'.repeat(32), sha256: '0'.repeat(64) };
    const outcome = { ok: true, reason: 'status 200', durationMs: 1, notices: [], digests };
    expect(wholeDigests(outcome)).toEqual(digests);
    expect(wholeDigests({ ...outcome, digests: { ...digests, md5: 'a'.repeat(31) } })).toBeUndefined();
    expect(wholeDigests({ ...outcome, digests: { ...digests, sha256: '' } })).toBeUndefined();
    expect(wholeDigests({ ...outcome, ok: false })).toBeUndefined();
  });

  it.each(['ftp://a/', 'nothing', 'http://user@a/'])('refuses %s', async (url) => {
    const { status, stderr } = await run(['genhash', url]);
    expect(status).toBe(2);
    expect(stderr).toContain('[GENHASH_URL]');
  });
});
