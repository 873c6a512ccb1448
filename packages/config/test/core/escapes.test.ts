import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { translateEscapes } from '../../src/core/pattern/escapes.js';

describe('translateEscapes', () => {
  it.each([
    [String.raw`GET / HTTP/1.0\r\n\r\n`, 'GET / HTTP/1.0\r\n\r\n'],
    [String.raw`a\tb`, 'a\tb'],
    [String.raw`say \"hi\" \'you\'`, 'say "hi" \'you\''],
    [String.raw`\\n`, String.raw`\n`],
    [String.raw`HTTP/1\.[01] \d`, String.raw`HTTP/1\.[01] \d`],
    ['ends with \\', 'ends with \\'],
    ['\\', '\\'],
    ['', ''],
  ])('%j becomes %j', (written, meant) => {
    expect(translateEscapes(written)).toBe(meant);
  });

  it('leaves text without backslashes alone', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const plain = text.replaceAll('\\', '');
        expect(translateEscapes(plain)).toBe(plain);
      }),
    );
  });

  it('gives any text back whose backslashes were doubled', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        expect(translateEscapes(text.replaceAll('\\', '\\\\'))).toBe(text);
      }),
    );
  });
});
