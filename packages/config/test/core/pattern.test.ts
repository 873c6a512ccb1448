import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, PatternSearch } from '../../src/core/pattern/pattern.js';

const bytesOf = (text: string) => Buffer.from(text, 'latin1');

function compiled(pattern: string) {
  const result = compilePattern(bytesOf(pattern));
  if (!result.ok) throw new Error(result.error);
  return result.pattern;
}

function found(pattern: string, text: string): boolean {
  return new PatternSearch(compiled(pattern)).push(bytesOf(text));
}

describe('POSIX extended regular expressions', () => {
  it.each([
    ['200', 'HTTP/1.1 200 OK'],
    ['^HTTP/1\\.[01] 200', 'HTTP/1.0 200 OK'],
    ['OK$', 'all OK'],
    ['^$|x', 'x'],
    ['(up|ready)+!', 'so ready!'],
    ['a{2}', 'caab'],
    ['^a{2,}$', 'aaaa'],
    ['^a{,3}$', 'aaa'],
    ['^(ab){1,2}$', 'abab'],
    ['{"status":"ok"}', '{"status":"ok"}'],
    ['a{x', 'a{x'],
    ['[[:digit:]]+', 'no 7'],
    ['^[^[:space:]]+$', 'word'],
    ['[]x]', ']'],
    ['[^]x]', 'y'],
    ['[a-c-]', '-'],
    ['[\\.]', '\\'],
    ['[[.-.]]', '-'],
    ['[[=a=]]', 'a'],
    ['\\d\\d', 'x42'],
    ['\\bup\\b', 'is up now'],
    ['a)', 'a)'],
    ['a.b', 'a\nb'],
    ['^a+?b$', 'b'],
    ['x*', 'b'],
    ['\xe9', 'caf\xe9'],
  ])('%j is found in %j', (pattern, text) => {
    expect(found(pattern, text)).toBe(true);
  });

  it.each([
    ['^200', 'HTTP/1.1 200 OK'],
    ['OK$', 'OK not'],
    ['a{3}', 'aab'],
    ['^a{2,3}$', 'aaaa'],
    ['[^a-z]', 'abc'],
    ['\\.', 'abc'],
    ['\\bup\\b', 'upper'],
    ['\\Bup', 'up'],
    ['(a|b)c', 'acb'.slice(1)],
    ['[[:upper:]]', 'lower'],
  ])('%j is not found in %j', (pattern, text) => {
    expect(found(pattern, text)).toBe(false);
  });

  it.each([
    ['(a', 'Unmatched ( or \\('],
    ['[a', 'Unmatched [, [^, [:, [., or [='],
    ['[[:nothing:]]', 'Invalid character class name'],
    ['[z-a]', 'Invalid range end'],
    ['*a', 'Invalid preceding regular expression'],
    ['(?:a)', 'Invalid preceding regular expression'],
    ['a\\', 'Trailing backslash'],
    ['(a)\\1', 'Invalid back reference'],
    ['a{3,2}', 'Invalid content of \\{\\}'],
    ['a{300}', 'Invalid content of \\{\\}'],
    ['((a{250}){250}){250}', 'Regular expression too big'],
    ['(((){255}){255}){255}', 'Regular expression too big'],
    ['('.repeat(500), 'Regular expression too big'],
    ['a'.repeat(5_000), 'Regular expression too big'],
  ])('%j does not compile', (pattern, error) => {
    expect(compilePattern(bytesOf(pattern))).toEqual({ ok: false, error });
  });

  it('agrees with the built-in engine on what both understand', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(ab|)', '^', '$', '\\b', '\\w');
    const piece = fc
      .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}'))
      .map(([item, repeat]) => (/^(\^|\$|\\b)$/.test(item) ? item : item + repeat));
    const pattern = fc.array(fc.array(piece, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 });
    const text = fc.array(fc.constantFrom('a', 'b', ' '), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (options, letters) => {
        const source = options.map((pieces) => pieces.join('')).join('|');
        expect(found(source, letters.join(''))).toBe(new RegExp(source, 's').test(letters.join('')));
      }),
      { numRuns: 1_000 },
    );
  });

  it('finds the same however the answer is cut', () => {
    const pattern = compiled('(ab)+\\b.c|b{3}');
    const letters = fc.array(fc.constantFrom('a', 'b', 'c', ' '), { maxLength: 20 });
    fc.assert(
      fc.property(letters, fc.nat(20), (list, cut) => {
        const bytes = bytesOf(list.join(''));
        const pieces = new PatternSearch(pattern);
        pieces.push(bytes.subarray(0, cut));
        expect(pieces.push(bytes.subarray(cut))).toBe(new PatternSearch(pattern).push(bytes));
      }),
    );
  });

  it('is not slowed down by patterns that make others backtrack', () => {
    expect(found('^(a+)+$', `${'a'.repeat(20_000)}b`)).toBe(false);
    expect(found('(a|aa)+$', `${'a'.repeat(20_000)}b`)).toBe(false);
  });

  it('never throws, whatever the pattern', () => {
    const nasty = fc.string({ unit: fc.constantFrom(...'ab()[]{}|*+?\\^$.:=-,123dwB'), maxLength: 30 });
    fc.assert(
      fc.property(nasty, (pattern) => {
        const result = compilePattern(bytesOf(pattern));
        if (result.ok) new PatternSearch(result.pattern).push(bytesOf('abba 123'));
        else expect(result.error).not.toBe('');
      }),
      { numRuns: 2_000 },
    );
  });
});
