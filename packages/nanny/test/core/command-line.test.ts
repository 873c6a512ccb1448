import { describe, expect, it } from 'vitest';
import { normalizeArguments } from '../../src/core/command-line.js';

describe('normalizeArguments', () => {
  it.each([
    [['-M', '-g'], ['--method=-g']],
    [
      ['-h10.0.0.1', '-cv'],
      ['--server=10.0.0.1', '--nofork', '--verbose'],
    ],
    [
      ['-cx', '--'],
      ['--nofork', '--expect_string=--'],
    ],
    [['--send_str', '-a=b'], ['--send_string=-a=b']],
    [['--expect-string=x=y'], ['--expect_string=x=y']],
    [
      ['--UDP', '--norun', '--quiesce-server'],
      ['--udp', '--test-start', '--quiesce_server'],
    ],
    [['-s', ''], ['--send_string=']],
    [['-s'], ['-s']],
    [
      ['-Z', 'stray', '-', '--toString'],
      ['-Z', 'stray', '-', '--toString'],
    ],
    [
      ['-c', '--', '-v'],
      ['--nofork', '--', '-v'],
    ],
  ])('%j becomes %j', (args, expected) => {
    expect(normalizeArguments(args)).toEqual(expected);
  });
});
