import { describe, expect, it } from 'vitest';
import { setValue } from '../../src/core/edit.js';
import { parseTree, printTree } from '../../src/core/tree.js';

const FILE = '# pair\nkeepalive = 2  # beat\nvirtual web {\r\n\tactive = 1\n     server a {\n     }\n}';

function edited(path: Parameters<typeof setValue>[1], name: string, ...words: string[]): string {
  return Buffer.from(printTree(setValue(parseTree(FILE), path, name, words))).toString();
}

describe('setValue', () => {
  it('replaces the value and leaves the comment behind it', () => {
    expect(edited({}, 'keepalive', '0.5')).toBe(FILE.replace('= 2 ', '= 0.5 '));
  });

  it('adds a line behind the last statement of the level, indented as that', () => {
    expect(edited({}, 'deadtime', '9')).toBe(FILE.replace('# beat\n', '# beat\ndeadtime = 9\n'));
    const added = FILE.replace('\tactive = 1\n', '\tactive = 1\n\tsend = "a b"\n');
    expect(edited({ virtual: 'web' }, 'send', 'a b')).toBe(added);
  });

  it('adds the first line of a block with its indentation', () => {
    const added = FILE.replace('server a {\n', 'server a {\n         address = 10.0.0.1\n');
    expect(edited({ virtual: 'web', server: 'a' }, 'address', '10.0.0.1')).toBe(added);
  });

  it('refuses what it cannot do', () => {
    expect(() => edited({ virtual: 'x' }, 'port', '1')).toThrow(/no virtual block 'x'/);
    expect(() => edited({ virtual: 'web', server: 'x' }, 'port', '1')).toThrow(/no server block 'x'/);
    expect(() => edited({}, 'keepaliv', '1')).toThrow(/unknown command/);
    expect(() => edited({}, 'active_cmd', 'a\nb')).toThrow(/cannot hold/);
  });
});
