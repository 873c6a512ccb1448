import { describe, expect, it } from 'vitest';
import { splitLines, tokenize } from '../../src/core/lexer.js';

function words(text: string): (string | undefined)[][] {
  return tokenize(text).map(({ value, trouble }) => (trouble ? [value, trouble] : [value]));
}

describe('splitLines', () => {
  it('takes LF, CRLF and a lone CR as line ends and loses nothing', () => {
    expect(splitLines('a\nb\r\nc\rd')).toEqual([
      { text: 'a', ending: '\n' },
      { text: 'b', ending: '\r\n' },
      { text: 'c', ending: '\r' },
      { text: 'd', ending: '' },
    ]);
    expect(splitLines('')).toEqual([]);
  });
});

describe('tokenize', () => {
  it('separates at blanks and TABs only', () => {
    expect(words('\ta =\t b\fc ')).toEqual([['a'], ['='], ['b\fc']]);
    expect(tokenize('  a').at(0)?.index).toBe(2);
  });

  it('looks for the closing quote from the end of the first word on', () => {
    expect(words('send = "GET / HTTP"')).toEqual([['send'], ['='], ['GET / HTTP']]);
    expect(words('send = "a b" ')).toEqual([['send'], ['='], ['a b']]);
    expect(words('send = "a"b c"')).toEqual([['send'], ['='], ['a"b c']]);
    expect(words('send = " a"')).toEqual([['send'], ['='], [' a']]);
    expect(words('send = ""')).toEqual([['send'], ['='], ['']]);
    expect(words('send = "a \\"b\\" c"')).toEqual([['send'], ['='], ['a \\'], ['b\\"'], ['c"']]);
  });

  it('takes a quoted word before a blank, which the original did not', () => {
    expect(words('expect = "OK" ')).toEqual([['expect'], ['='], ['OK', 'trailing']]);
    expect(words('a = "b" "c"')).toEqual([['a'], ['='], ['b', 'trailing'], ['c']]);
  });

  it('reports a quote that is never closed', () => {
    expect(words('send = "GET /')).toEqual([['send'], ['='], ['GET /', 'unclosed']]);
    expect(words("send = '")).toEqual([['send'], ['='], ['', 'unclosed']]);
    expect(words('send = "a"x')).toEqual([['send'], ['='], ['a"x', 'unclosed']]);
  });
});
