import { parseLvsCf } from '@piranha/config';
import { describe, expect, it } from 'vitest';
import { beatPaths } from '../../src/core/beat-paths.js';
import { thisDirector } from '../../src/core/places.js';

const block = (name: string, host: number, second = '') =>
  `director ${name} {\npublic = 10.0.0.${host}\n${second}}\n`;
const { configuration } = parseLvsCf(`heartbeat_key = /k
${block('alpha', 2, 'private = 10.9.0.2\n')}${block('beta', 3)}${block('gamma', 4, 'private = 10.9.0.4\n')}virtual web {
active = 1
address = 10.0.0.100 eth0:1
server one {
address = 10.0.0.11
active = 1
}
}
`);
const on = (address: string) => ({
  configuration: configuration as NonNullable<typeof configuration>,
  addresses: [{ address, family: 4 as const, prefixLength: 24, device: 'eth0', isSecondary: false }],
});

describe('one of three directors', () => {
  it('is known by its name, whichever it is', () => {
    expect(thisDirector(on('10.0.0.2'))).toBe('this director, alpha');
    expect(thisDirector(on('10.0.0.4'))).toBe('this director, gamma');
    expect(thisDirector(on('10.0.0.9'))).toContain('none of the directors');
  });

  it('has a heartbeat path to each other one, and a second one where both have it', () => {
    const paths = beatPaths(on('10.0.0.4')).map(({ own, partner, device }) => `${own} ${partner} ${device}`);
    expect(paths).toEqual([
      '10.0.0.4 10.0.0.2 eth0',
      '10.9.0.4 10.9.0.2 undefined',
      '10.0.0.4 10.0.0.3 eth0',
    ]);
    expect(beatPaths(on('10.0.0.9'))).toEqual([]);
  });
});
