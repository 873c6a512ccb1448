import { describe, expect, it } from 'vitest';
import { readOptions } from '../../src/core/options.js';

describe('readOptions', () => {
  it('has the documented defaults', () => {
    expect(readOptions([], '/run/piranha')).toEqual({
      action: 'run',
      configFile: '/etc/sysconfig/ha/lvs.cf',
      foreground: false,
      noFork: false,
      verbose: false,
      runDirectory: '/run/piranha',
      stateDirectory: undefined,
      director: 'kernel',
      logDirectory: undefined,
      jsonLog: false,
    });
  });

  it('reads short and long forms', () => {
    const words = [
      '-v',
      '-n',
      '-c',
      'a.cf',
      '--run-dir',
      '/tmp/r',
      '--director',
      'userspace',
      '--log-format',
      'json',
    ];
    expect(readOptions(words, '')).toMatchObject({
      configFile: 'a.cf',
      verbose: true,
      foreground: true,
      runDirectory: '/tmp/r',
      director: 'userspace',
      jsonLog: true,
    });
    expect(readOptions([...words, '--state-dir', '/s'], '').stateDirectory).toBe('/s');
    expect(readOptions(['-t'], '').action).toBe('test');
    expect(readOptions(['--version'], '').action).toBe('version');
    expect(readOptions(['--help', '-t'], '').action).toBe('help');
  });

  it.each([[['--director', 'magic']], [['--log-format', 'xml']], [['--bogus']], [['stray']], [['-c']]])(
    'refuses %j',
    (words) => {
      expect(() => readOptions(words, '')).toThrow(/^lvsd: /);
    },
  );
});
