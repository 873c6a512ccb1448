import { describe, expect, it } from 'vitest';
import { checksOf } from '../../src/core/builder-checks.js';
import { setValue } from '../../src/core/edit.js';
import { formatLvsCf } from '../../src/core/format.js';
import { parseLvsCf } from '../../src/core/parse-lvs-cf.js';
import { parseTree, printTree } from '../../src/core/tree.js';
import { configurationFiles, configurationOf } from '../samples.js';

/** One virtual server, with lines of its own and lines of its server. */
function file(lines: readonly string[], serverLines: readonly string[] = []): string {
  return [
    'primary = 192.0.2.1',
    'virtual web {',
    'active = 1',
    'address = 192.0.2.100 eth0:1',
    ...lines,
    'server a {',
    'address = 10.0.0.11',
    'active = 1',
    ...serverLines,
    '}',
    '}',
    '',
  ].join('\n');
}

function findings(text: string): string[] {
  return parseLvsCf(text)
    .diagnostics.filter(({ code }) => !code.startsWith('CF_CHANGED'))
    .map(({ severity, code, line, column, hint }) => `${severity} ${code} ${line}:${column} ${hint ?? ''}`);
}

const TCP = ['check alive {', 'kind = tcp', 'connect_timeout = 0.5', '}'];

describe('check blocks', () => {
  it('mean a list of checks for each server of the virtual', () => {
    const { virtualServers } = configurationOf(
      file(['checks = any', ...TCP, 'check b {', 'kind = tcp', '}']),
    );
    const [web] = virtualServers;
    expect(web?.check).toMatchObject({
      require: 'any',
      specs: [
        { name: 'alive', kind: 'tcp', connectTimeoutMs: 500 },
        { name: 'b', kind: 'tcp' },
      ],
    });
    expect(web?.servers[0]?.check).toBeUndefined();
  });

  it('of a server stand in place of its virtual’s, and take its word for all or any', () => {
    const own = ['check own {', 'connect_port = 81', 'kind = tcp', 'connect_ip = 2001:DB8::1', '}'];
    const [web] = configurationOf(file(['checks = any', ...TCP], own)).virtualServers;
    const server = web?.servers[0];
    expect(web && server && checksOf(web.check, server)).toEqual({
      require: 'any',
      specs: [{ name: 'own', kind: 'tcp', port: 81, address: '2001:db8::1' }],
    });
  });

  it('are none where a file has none', () => {
    for (const [name, bytes] of configurationFiles('etc/samples')) {
      if (name.startsWith('check')) continue;
      for (const virtual of parseLvsCf(bytes).configuration?.virtualServers ?? []) {
        for (const server of virtual.servers) expect(checksOf(virtual.check, server)).toBeUndefined();
      }
    }
  });

  it.each([
    [
      'a kind that is unknown',
      ['check c {', 'kind = tpc', 'path = /', '}'],
      'error CF_BAD_KEYWORD 6:8 did you mean tcp?',
    ],
    ['no kind', ['check c {', 'path = /', '}'], 'error CF_CHECK_KIND 5:7 write kind = one of tcp'],
    [
      'an unknown word',
      ['check c {', 'kind = tcp', 'conect_port = 1', '}'],
      'error CF_UNKNOWN_DIRECTIVE 7:1 did you mean connect_port?',
    ],
    [
      'a word of other blocks',
      ['check c {', 'weight = 1', 'kind = tcp', '}'],
      'error CF_WRONG_LEVEL 6:1 it belongs in server blocks',
    ],
    ['a wrong value', ['check c {', 'kind = tcp', 'connect_port = 70000', '}'], 'error CF_RANGE 7:16 '],
    [
      'a name twice',
      [...TCP, ...TCP],
      'error CF_CHECK_NAME 9:7 give each check of a block a name of its own',
    ],
    ['no name', ['check {', 'kind = tcp', '}'], 'error CF_BLOCK_HEADER 5:1 write: check NAME {'],
    [
      'words that do not count',
      ['send = "x"', ...TCP],
      'warning CF_CHECK_REPLACES 5:8 delete the line, or the check blocks',
    ],
    [
      'checks without a block',
      ['checks = any'],
      'warning CF_CHECKS_UNUSED 5:10 write check NAME { … }, or delete the line',
    ],
    [
      'a misspelt header',
      ['chekc c {', 'kind = tcp', '}'],
      'error CF_UNKNOWN_DIRECTIVE 5:1 did you mean check?',
    ],
  ])('tell of %s, and of nothing else', (_, lines, expected) => {
    const found = findings(file(lines));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  it('tell of more than sixteen in one place', () => {
    const many = Array.from({ length: 17 }, (_, index) => [`check c${index} {`, 'kind = tcp', '}']).flat();
    expect(findings(file(many))).toEqual([
      'error CF_CHECK_COUNT 53:7 one check of a page that asks the rest does it',
    ]);
  });

  it('stand in virtual and server blocks alone', () => {
    const found = findings('primary = 192.0.2.1\ncheck c {\nkind = tcp\n}\n');
    expect(found[0]).toContain('error CF_MISPLACED_BLOCK 2:1');
    expect(findings(file(['check c {', 'kind = tcp']))[0]).toContain('error CF_UNCLOSED_BLOCK 7:1');
  });

  it('let a server without a port be, where they ask another', () => {
    const zero = (words: readonly string[]) =>
      findings(file(['fwmark = 1', 'port = 0', 'check c {', 'kind = tcp', ...words, '}']));
    expect(zero([]).join()).toContain('CF_CHECK_PORT_ZERO');
    expect(zero(['connect_port = 80']).join()).not.toContain('CF_CHECK_PORT_ZERO');
  });

  it('are laid out, their missing braces added', () => {
    const text = 'virtual web {\ncheck a {\n kind = tcp\n}\nserver b {\n check c {\nkind = tcp';
    expect(Buffer.from(formatLvsCf(text)).toString()).toBe(
      [
        'virtual web {',
        '     check a {',
        '         kind = tcp',
        '     }',
        '     server b {',
        '         check c {',
        '             kind = tcp',
        '         }',
        '     }',
        '}',
        '',
      ].join('\n'),
    );
  });

  it('keep their words when a value of their block is set', () => {
    const tree = parseTree(file(TCP));
    const text = Buffer.from(printTree(setValue(tree, { virtual: 'web' }, 'port', ['81']))).toString();
    expect(text).toContain('address = 192.0.2.100 eth0:1\nport = 81\ncheck alive {\n');
  });
});
