import { describe, expect, it } from 'vitest';
import { readOptions } from '../../src/shell/options.js';

describe('readOptions', () => {
  it('has the defaults of a service', () => {
    expect(readOptions([])).toMatchObject({
      runDirectory: '/run/piranha',
      foreground: false,
      json: false,
      connectionLimit: 20_000,
    });
  });

  it('reads what it is given', () => {
    const args = ['-n', '-v', '--run-dir', '/tmp/x', '--log-format', 'json', '--max-connections', '7'];
    expect(readOptions(args)).toMatchObject({
      runDirectory: '/tmp/x',
      foreground: true,
      verbose: true,
      json: true,
      connectionLimit: 7,
    });
  });

  it.each([
    [['--log-format', 'xml']],
    [['--max-connections', '0']],
    [['--max-connections', '1e3']],
    [['--what']],
  ])('refuses %j', (args) => {
    expect(() => readOptions(args)).toThrow('ipvsu: bad argument');
  });
});
