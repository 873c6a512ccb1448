import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EventTemplate, formatEventLine, oneLine, renderEvent } from '../../src/core/event.js';

const template = (text: string): EventTemplate => ({ ident: 'pulse', level: 'info', text });

describe('renderEvent', () => {
  it('fills the phrase and keeps the other fields as detail', () => {
    const record = renderEvent('X', template('{who} says {word}'), {
      who: 'b',
      word: 1,
      sinceMs: 20,
      no: undefined,
    });
    expect(record).toEqual({
      id: 'X',
      ident: 'pulse',
      level: 'info',
      text: 'b says 1',
      detail: { sinceMs: 20 },
    });
  });

  it('throws when a field of the phrase is missing, which is a programmer error', () => {
    expect(() => renderEvent('X', template('{who}'), {})).toThrow('event X needs the field who');
  });

  it('does not fill in what a value looks like', () => {
    expect(renderEvent('X', template('{a} {b}'), { a: '{b}', b: '%s $&' }).text).toBe('{b} %s $&');
  });
});

/** Texts as a network may send them, rich in characters that end or rewrite a line. */
const untrusted = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0, max: 0xa0 }).map((code) => String.fromCharCode(code)),
    fc.constantFrom('\u2028', '\u2029', '{', '}', 'é', '😀'),
  ),
});

describe('formatEventLine', () => {
  it('puts the phrase first, then the id and the quoted details', () => {
    const fields = { silentMs: 1003, reason: 'two words', empty: '', quote: 'a"b', sum: 'a=b' };
    expect(formatEventLine(renderEvent('X', template('partner dead'), fields))).toBe(
      'partner dead [X] silentMs=1003 reason="two words" empty="" quote="a\\"b" sum="a=b"',
    );
  });

  it('is one printable line, whatever the values are', () => {
    fc.assert(
      fc.property(untrusted, untrusted, (inPhrase, inDetail) => {
        const line = formatEventLine(renderEvent('X', template('{inPhrase}'), { inPhrase, inDetail }));
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      }),
    );
  });
});

describe('oneLine', () => {
  it('shows control characters and cuts a long text', () => {
    expect(oneLine('a\nb\u0000\u007f\u009b\u2028c')).toBe('a\\nb\\u0000\\u007f\\u009b\\u2028c');
    expect(oneLine('x'.repeat(3_000))).toBe(`${'x'.repeat(2_000)}…`);
  });
});
