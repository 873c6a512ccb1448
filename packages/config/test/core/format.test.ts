import { describe, expect, it } from 'vitest';
import { formatLvsCf } from '../../src/core/format.js';
import { configurationFiles } from '../samples.js';

function formatted(text: string): string {
  return Buffer.from(formatLvsCf(text)).toString();
}

describe('formatLvsCf', () => {
  it('lays a file out as the GUI of the original did, comments kept', () => {
    const ugly = [
      '',
      '  keepalive   =\t2 # beat\r',
      '',
      '',
      '# the site',
      'virtual "web" {',
      '# inner',
      'active = 1',
      'server "a b" { # first',
      'weight = 3 ',
      '}',
    ].join('\n');
    const nice = [
      '# beat',
      'keepalive = 2',
      '',
      '# the site',
      'virtual web {',
      '     # inner',
      '     active = 1',
      '     # first',
      '     server "a b" {',
      '         weight = 3',
      '     }',
      '}',
      '',
    ].join('\n');
    expect(formatted(ugly)).toBe(nice);
  });

  it('keeps the words of lines it cannot read', () => {
    expect(formatted('  what is this\nsend = "a\n')).toBe('what is this\nsend = "a\n');
  });

  it.each([
    ['a header that closes what was forgotten', 'virtual a {\nvirtual a {\n'],
    ['a server outside of all blocks', 'virtual a {\n}\nserver b {\n'],
    ['a check within a server', 'virtual a {\nserver b {\ncheck c {\n'],
    ['a server behind a check that was forgotten', 'virtual a {\ncheck c {\nserver b {\n'],
  ])('adds the braces that are missing at the end once: %s', (_name, text) => {
    const once = formatted(text);
    expect(once.endsWith('}\n')).toBe(true);
    expect(formatted(once)).toBe(once);
  });

  it.each([...configurationFiles('etc/samples')])('leaves the sample %s as it is', (_name, bytes) => {
    expect(Buffer.from(formatLvsCf(bytes)).toString()).toBe(Buffer.from(bytes).toString());
  });
});
