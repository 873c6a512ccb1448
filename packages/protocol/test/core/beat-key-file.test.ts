import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBeatKeys } from '../../src/core/beat-key-file.js';

const ONE = randomBytes(32);
const TWO = randomBytes(32);
const hexOne = ONE.toString('hex');
const hexTwo = TWO.toString('hex');

describe('a key file', () => {
  it('may hold one key, which then sends', () => {
    expect(parseBeatKeys(`7 ${hexOne}\n`)).toEqual({
      type: 'keys',
      keys: { sendId: 7, secrets: new Map([[7, ONE]]) },
    });
  });

  it('may hold comments, empty lines, both spellings of a secret, either line end', () => {
    const text = `# keys of the pair\r\n\r\n  1 ${hexOne.toUpperCase()}   # old\r\n4294967295\tbase64:${TWO.toString('base64')} send # new\n#3 x`;
    expect(parseBeatKeys(text)).toEqual({
      type: 'keys',
      keys: {
        sendId: 0xffff_ffff,
        secrets: new Map([
          [1, ONE],
          [0xffff_ffff, TWO],
        ]),
      },
    });
  });

  it.each<[string, string, readonly [number, number] | undefined]>([
    ['BEAT_KEYS_EMPTY', '# nothing\n', undefined],
    ['BEAT_KEYS_ID', `0 ${hexOne}`, [1, 1]],
    ['BEAT_KEYS_ID', `\n  one ${hexOne}`, [2, 3]],
    ['BEAT_KEYS_ID', `4294967296 ${hexOne}`, [1, 1]],
    ['BEAT_KEYS_ID', hexOne, [1, 1]],
    ['BEAT_KEYS_SYNTAX', '12', [1, 3]],
    ['BEAT_KEYS_SECRET', `1 ${hexOne.slice(1)}`, [1, 3]],
    ['BEAT_KEYS_SECRET', `1 ${hexOne}00`, [1, 3]],
    ['BEAT_KEYS_SECRET', `1 base64:${ONE.subarray(1).toString('base64')}`, [1, 3]],
    ['BEAT_KEYS_SECRET', '1 correct-horse-battery-staple', [1, 3]],
    ['BEAT_KEYS_WEAK', `1 ${'0123456789abcdef'.repeat(4)}`, [1, 3]],
    ['BEAT_KEYS_SYNTAX', `1 ${hexOne} sends`, [1, 68]],
    ['BEAT_KEYS_SYNTAX', `1 ${hexOne} send send`, [1, 73]],
    ['BEAT_KEYS_DUPLICATE', `1 ${hexOne} send\n1 ${hexTwo}`, [2, 1]],
    ['BEAT_KEYS_DUPLICATE', `1 ${hexOne} send\n2 ${hexOne}`, [2, 1]],
    ['BEAT_KEYS_SEND', `1 ${hexOne}\n2 ${hexTwo}`, undefined],
    ['BEAT_KEYS_SEND', `1 ${hexOne} send\n\n2 ${hexTwo} send`, [3, 1]],
    [
      'BEAT_KEYS_TOO_MANY',
      Array.from({ length: 17 }, (_, id) => `${id + 1} ${randomBytes(32).toString('hex')}`).join('\n'),
      [17, 1],
    ],
  ])('with %s is refused with its place and no secret in the text', (code, text, at) => {
    const verdict = parseBeatKeys(text);
    const place = at && { line: at[0], column: at[1] };
    expect(verdict).toMatchObject({ type: 'problem', problem: { code, place } });
    const said = JSON.stringify(verdict).toLowerCase();
    expect(said).not.toContain(hexOne.slice(0, 8));
    expect(said).not.toContain('horse');
  });

  it('of any text is read or refused, never thrown over', () => {
    const line = fc
      .tuple(fc.string(), fc.constantFrom(hexOne, hexTwo, '', 'x'), fc.constantFrom('send', '', '#'))
      .map((words) => words.join(' '));
    fc.assert(
      fc.property(fc.array(line), (lines) =>
        ['keys', 'problem'].includes(parseBeatKeys(lines.join('\n')).type),
      ),
    );
  });
});
