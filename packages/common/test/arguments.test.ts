import { describe, expect, it } from 'vitest';
import { parseDaemonArguments, UserError } from '../src/index.js';

const OPTIONS = {
  configfile: { type: 'string', short: 'c' },
  nodaemon: { type: 'boolean', short: 'n' },
} as const;

function refusal(args: string[]): UserError {
  try {
    parseDaemonArguments('pulse', args, OPTIONS);
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error('was not refused');
}

describe('daemon arguments', () => {
  it('reads short, long and bundled forms', () => {
    expect({ ...parseDaemonArguments('pulse', ['-nc', 'a.cf'], OPTIONS) }).toEqual({
      nodaemon: true,
      configfile: 'a.cf',
    });
    expect({ ...parseDaemonArguments('pulse', ['--configfile=a.cf'], OPTIONS) }).toEqual({
      configfile: 'a.cf',
    });
  });

  it.each([
    [['--wrong'], '--wrong'],
    [['-n', '-z'], '-z'],
    [['-c'], '-c'],
  ])('refuses %j and names %s', (args, word) => {
    const error = refusal(args);
    expect(error.code).toBe('ARGUMENT_BAD');
    expect(error.message).toContain(`pulse: bad argument ${word}: `);
  });

  it('refuses stray words with the original text', () => {
    const error = refusal(['start']);
    expect(error.message).toBe('pulse: unexpected arguments');
    expect(error.hint).toContain("'start'");
  });
});
