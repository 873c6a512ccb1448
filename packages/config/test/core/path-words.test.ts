import { describe, expect, it } from 'vitest';
import { parseLvsCf } from '../../src/core/parse-lvs-cf.js';
import { configurationOf, PAIR, SERVICE } from '../samples.js';

const KEY = 'heartbeat_key = /etc/sysconfig/ha/beat.keys\n';

/** A block whose lines these are. */
function path(name: string, ...lines: readonly string[]): string {
  return `heartbeat_path ${name} {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
}

const BOTH = ['address = 10.2.0.1 primary', 'address = 10.2.0.2 backup'];
const SIX = path('six', 'address = fd00:5::1 primary', 'address = fd00:5::2 backup');

/** Codes of a file that ends in these blocks, without a doubled pair's warnings. */
function codes(text: string): readonly string[] {
  return parseLvsCf(text + SERVICE).diagnostics.map(({ severity, code }) => `${severity} ${code}`);
}

describe('heartbeat_path blocks', () => {
  it('are paths beside the public and the private one, of either family, by addresses or by a group', () => {
    const text = PAIR + path('storage', ...BOTH, 'multicast = 239.77.5.39') + SIX;
    expect(configurationOf(text + SERVICE).heartbeatPaths).toMatchObject([
      {
        name: 'storage',
        multicast: '239.77.5.39',
        addresses: [
          { director: 'primary', address: '10.2.0.1' },
          { director: 'backup', address: '10.2.0.2' },
        ],
      },
      { name: 'six', multicast: undefined },
    ]);
    expect(codes(text)).toEqual([]);
    expect(configurationOf(PAIR + SERVICE).heartbeatPaths).toEqual([]);
  });

  it('name directors by their blocks, where there are blocks', () => {
    const blocks = ['alpha', 'beta', 'gamma'].map(
      (name, index) => `director ${name} {\n  public = 192.0.2.${index + 1}\n}\n`,
    );
    const lines = ['alpha', 'beta', 'gamma'].map((name, index) => `address = fd00:5::${index + 1} ${name}`);
    const text = KEY + blocks.join('');
    expect(codes(text + path('six', ...lines, 'multicast = ff02::4d05'))).toEqual([]);
    expect(codes(text + path('six', ...lines.slice(0, 2)))).toEqual(['error CF_PATH_ADDRESS']);
    expect(codes(text + path('v4', ...BOTH))).toContain('error CF_PATH_DIRECTOR');
  });

  it('are told off where a director is wrong or missing', () => {
    expect(codes(PAIR + path('a', BOTH[0] ?? ''))).toEqual(['error CF_PATH_ADDRESS']);
    expect(codes(PAIR + path('a', ...BOTH, 'address = 10.2.0.3 backup'))).toEqual(['error CF_PATH_DIRECTOR']);
    expect(codes(PAIR + path('a', ...BOTH, 'address = 10.2.0.3 bakcup'))).toEqual(['error CF_PATH_DIRECTOR']);
    expect(codes(PAIR + path('a', 'address = 0.0.0.0 primary', BOTH[1] ?? ''))).toEqual([
      'error CF_BAD_ADDRESS',
    ]);
    expect(codes(PAIR + path('a', 'address = 10.2.0.1', BOTH[1] ?? ''))).toContain(
      'error CF_MISSING_ARGUMENTS',
    );
  });

  it.each([
    ['a name with a blank', path('"a b"', ...BOTH), 'CF_PATH_NAME'],
    ['a name of 16 letters', path('a'.repeat(16), ...BOTH), 'CF_PATH_NAME'],
    ['the name of a path without a block', path('private', ...BOTH), 'CF_PATH_NAME'],
    ['one name twice', SIX + path('six', ...BOTH), 'CF_PATH_NAME'],
    ['two families', path('a', 'address = 10.2.0.1 primary', 'address = fd00::2 backup'), 'CF_PATH_FAMILIES'],
    ['a group of the other family', path('a', ...BOTH, 'multicast = ff02::1:2'), 'CF_PATH_MULTICAST'],
    ['a group that is none', path('a', ...BOTH, 'multicast = 10.2.0.9'), 'CF_PATH_MULTICAST'],
    ['a link-local address', path('a', 'address = fe80::1 primary', BOTH[1] ?? ''), 'CF_BAD_ADDRESS'],
  ])('refuse %s', (_, blocks, code) => {
    expect(codes(PAIR + blocks)).toContain(`error ${code}`);
  });

  it('refuse two paths that are one', () => {
    expect(codes(PAIR + path('a', ...BOTH) + path('b', ...BOTH))).toEqual([
      'error CF_PATH_SAME',
      'error CF_PATH_SAME',
    ]);
    const group = [...BOTH, 'multicast = 239.77.5.39'];
    expect(codes(PAIR + path('a', ...group) + path('b', ...group))).toEqual(['error CF_PATH_SAME']);
    // By a group and by addresses of one network: two protocols that may fail apart.
    expect(codes(PAIR + path('a', ...BOTH) + path('b', ...group))).toEqual([]);
  });

  it('are six at most, and said to be idle without a partner', () => {
    const many = Array.from({ length: 7 }, (_, index) =>
      path(`p${index}`, `address = 10.${index}.0.1 primary`, `address = 10.${index}.0.2 backup`),
    );
    expect(codes(PAIR + many.slice(0, 6).join(''))).toEqual([]);
    expect(codes(PAIR + many.join(''))).toEqual(['error CF_PATH_LIMIT']);
    expect(codes(PAIR.replace('backup_active = 1', 'backup_active = 0') + many[0])).toContain(
      'warning CF_PATH_UNUSED',
    );
  });
});

describe('the addresses of the directors', () => {
  it('may be IPv6, both of a path', () => {
    const six = PAIR.replace(/^primary = .*$/m, 'primary = fd00:1::1').replace(
      /^backup = .*$/m,
      'backup = fd00:1::2',
    );
    expect(configurationOf(six + SERVICE)).toMatchObject({ primary: 'fd00:1::1', backup: 'fd00:1::2' });
    expect(codes(six)).toEqual([]);
    expect(codes(PAIR.replace(/^primary = .*$/m, 'primary = fd00:1::1'))).toEqual(['error CF_PATH_FAMILIES']);
  });
});
