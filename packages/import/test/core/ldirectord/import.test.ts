import { describe, expect, it } from 'vitest';
import { asPattern } from '../../../src/core/ldirectord/questions.js';
import { fromLdirectord, reasonsOf } from '../../support/import.js';

function virtual(...lines: readonly string[]): string {
  return `virtual=10.0.0.9:80\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

describe('questions', () => {
  it.each([
    ['Test Page', 'Test Page'],
    ['(one|two) [0-9]+', '(one|two) [0-9]+'],
    ['\\d+', undefined],
    ['^whole$', undefined],
    ['a+?', undefined],
    ['(?i)a', undefined],
    ['(unclosed', undefined],
    ['a||b', undefined],
    ['', undefined],
  ])('the expression %j', (receive, pattern) => {
    expect(asPattern(receive)).toBe(pattern);
  });

  it('asks for a page and waits for a text behind a good status', () => {
    const { text } = fromLdirectord(
      virtual('real=10.0.0.1:80 gate', 'request="up"', 'receive="fine"', 'virtualhost=a.test'),
    );
    expect(text).toContain('send = "GET /up HTTP/1.0\\r\\nHost: a.test\\r\\n\\r\\n"');
    expect(text).toContain('expect = "^HTTP/1[.][01] 2.*(fine)"');
  });

  it('sends the text of simpletcp as it is, with line ends', () => {
    const lines = ['real=10.0.0.1:80 gate', 'service=simpletcp', 'request="A\\n\\r"', 'receive="B"'];
    const { text } = fromLdirectord(virtual(...lines));
    expect(text).toContain('send = A\\n\\\\r\n');
    expect(text).toContain('expect = B\n');
  });

  it('gives an external program what ldirectord gives it', () => {
    const { text } = fromLdirectord(
      virtual('real=10.0.0.1:80 gate', 'checktype=external', 'checkcommand=/bin/look'),
    );
    expect(text).toContain('send_program = "/bin/look 10.0.0.9 80 %h %p"');
  });

  it('gives an external program the port of the server, whatever checkport says', () => {
    const { text } = fromLdirectord(virtual('real=10.0.0.1:81 gate', 'checktype=external', 'checkport=90'));
    expect(text).toContain('         port = 81\n');
  });

  it('pings what it would have to ask by UDP', () => {
    const { text } = fromLdirectord(virtual('real=10.0.0.1:53 gate', 'service=dns'));
    expect(text).toContain('send_program = "/bin/ping -n -c 1 %h"');
  });

  it('writes the question that most servers have, and notes the others', () => {
    const real = (number: number, word: string) => `real=10.0.0.${number}:80 gate 1 "/${word}", "${word}"`;
    const imported = fromLdirectord(virtual(real(1, 'a'), real(2, 'b'), real(3, 'b'), 'service=http'));
    expect(imported.text).toContain('GET /b HTTP/1.0');
    expect(reasonsOf(imported)).toEqual(['2: all servers of a service are checked alike: as in line 3']);
  });
});

describe('blocks', () => {
  it('ends at an empty line, and goes on behind a comment', () => {
    const text = `${virtual('real=10.0.0.1:80 gate', 'checktype=connect')}  # a comment\n    scheduler=rr\n\n    persistent=60\n`;
    const imported = fromLdirectord(text);
    expect(imported.text).toContain('scheduler = rr');
    expect(imported.text).not.toContain('persistent');
    expect(reasonsOf(imported)).toEqual([expect.stringMatching(/^7: it belongs to no virtual/)]);
  });

  it('takes the global fallback server, with its own way', () => {
    const imported = fromLdirectord(
      `fallback=127.0.0.1\n${virtual('real=10.0.0.1:80 masq', 'checktype=connect')}`,
    );
    expect(imported.text).toContain('sorry_server = 127.0.0.1\n');
    expect(imported.text).toContain('forward = direct\n');
    expect(imported.notes).toEqual([]);
  });

  it('carries names and comments as comments', () => {
    const imported = fromLdirectord(
      virtual('real=10.0.0.1:80 gate', 'checktype=connect', 'servicename=the shop'),
    );
    expect(imported.text).toContain('# the shop\nvirtual tcp_10.0.0.9_80 {\n');
  });

  it('takes servers that are down out of the table unless it is told otherwise', () => {
    const block = virtual('real=10.0.0.1:80 gate', 'checktype=connect');
    expect(fromLdirectord(block).text).not.toContain('quiesce_server');
    expect(fromLdirectord(`quiescent=yes\n${block}`).text).toContain('quiesce_server = 1');
  });
});
