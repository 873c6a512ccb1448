import type { LvsConfiguration } from '@piranha/config';
import { describe, expect, it } from 'vitest';
import { ownDirector, pathsToOthers } from '../../src/core/own-director.js';
import { directorNamed, notThePartner } from '../../src/core/partner-name.js';
import { addressQuestions, pulseSettings } from '../../src/core/settings.js';

function block(name: string, host: number, hasPrivate = true) {
  const publicAddress = `192.0.2.${host}`;
  return { name, line: host, publicAddress, privateAddress: hasPrivate ? `10.9.9.${host}` : publicAddress };
}

const THREE = [block('alpha', 1), block('beta', 2), block('gamma', 3, false)];
const CONFIGURATION = {
  directors: THREE,
  heartbeatPaths: [],
  backupActive: true,
  primary: '192.0.2.1',
  backup: '192.0.2.2',
  keepaliveMs: 500,
  deadtimeMs: 2_000,
  witness: { targets: [] },
  virtualServers: [],
} as unknown as LvsConfiguration;
const BETA = { name: 'beta', rank: 1 };

describe('which director a node is', () => {
  const of = (own: { role?: 'primary' | 'backup'; name?: string }, ...addresses: readonly string[]) =>
    ownDirector(CONFIGURATION, { role: own.role, name: own.name }, () => new Set(addresses));

  it('is told by its name before its addresses, and by any address of its block', () => {
    expect(of({ name: 'gamma' }, '192.0.2.1')).toEqual({ name: 'gamma', rank: 2 });
    expect(of({}, '127.0.0.1', '10.9.9.2')).toEqual(BETA);
    expect(of({ role: 'primary' })).toEqual({ name: 'alpha', rank: 0 });
  });

  it('is an error where nothing tells, or too much does', () => {
    expect(() => of({ name: 'delta' })).toThrow(expect.objectContaining({ code: 'PULSE_UNKNOWN_DIRECTOR' }));
    for (const addresses of [[], ['192.0.2.1', '192.0.2.2']]) {
      expect(() => of({ role: 'backup' }, ...addresses)).toThrow(
        expect.objectContaining({ code: 'PULSE_WHICH_DIRECTOR', hint: expect.stringContaining('gamma') }),
      );
    }
  });

  it('is left to the words of a pair where there are two, unless it is named', () => {
    const two = { directors: THREE.slice(0, 2) };
    const own = (name?: string) => ownDirector(two, { role: undefined, name }, () => new Set());
    expect(own()).toBeUndefined();
    expect(own('beta')).toEqual(BETA);
  });
});

describe('the paths of several directors', () => {
  it('lead to each other one, by the second network where both have an address there', () => {
    expect(pathsToOthers(CONFIGURATION, BETA)).toEqual([
      { name: 'public', director: 'alpha', local: '192.0.2.2', partner: '192.0.2.1' },
      { name: 'private', director: 'alpha', local: '10.9.9.2', partner: '10.9.9.1' },
      { name: 'public', director: 'gamma', local: '192.0.2.2', partner: '192.0.2.3' },
    ]);
    const { ownAddresses, partnerAddresses } = addressQuestions(() => ({ role: 'backup', self: BETA }));
    expect(partnerAddresses(CONFIGURATION)).toEqual([['192.0.2.1', '10.9.9.1'], ['192.0.2.3']]);
    expect(ownAddresses(CONFIGURATION)).toMatchObject({ publicAddress: '192.0.2.2' });
  });

  it('are those of heartbeat_path blocks beside them', () => {
    const six = {
      name: 'six',
      line: 1,
      multicast: 'ff02::4d05',
      addresses: ['alpha', 'beta', 'gamma'].map((director, index) => ({
        director,
        address: `fd00:5::${index + 1}`,
      })),
    };
    const paths = pathsToOthers({ ...CONFIGURATION, heartbeatPaths: [six] }, BETA);
    expect(paths.filter(({ name }) => name === 'six')).toEqual([
      { name: 'six', director: 'alpha', local: 'fd00:5::2', partner: 'fd00:5::1', multicast: 'ff02::4d05' },
      { name: 'six', director: 'gamma', local: 'fd00:5::2', partner: 'fd00:5::3', multicast: 'ff02::4d05' },
    ]);
    expect(paths).toHaveLength(5);
  });

  it('are those of the node that this one is by now: a pair may have grown by a reload', () => {
    let settings = pulseSettings(CONFIGURATION, 'backup');
    const { ownAddresses, partnerAddresses } = addressQuestions(() => settings);
    settings = pulseSettings(CONFIGURATION, 'backup', { name: 'gamma', rank: 2 });
    expect(ownAddresses(CONFIGURATION)).toMatchObject({ publicAddress: '192.0.2.3' });
    expect(partnerAddresses(CONFIGURATION)).toHaveLength(2);
  });

  it('come with the names that the state machine works with', () => {
    const { self, others } = pulseSettings(CONFIGURATION, 'backup', BETA);
    expect(self).toEqual(BETA);
    expect(others).toEqual([
      { name: 'alpha', rank: 0 },
      { name: 'gamma', rank: 2 },
    ]);
    expect(pulseSettings(CONFIGURATION, 'backup')).not.toHaveProperty('others');
  });
});

describe('the director that an operator names', () => {
  const paths = pathsToOthers(CONFIGURATION, BETA);
  const names = { own: 'beta', others: ['alpha', 'gamma'], isSeveral: true };

  it('is known by its name, or by an address of it', () => {
    expect(directorNamed({ name: 'gamma', addresses: [] }, names, paths)).toBe('gamma');
    expect(directorNamed({ name: 'host', addresses: ['10.9.9.1'] }, names, paths)).toBe('alpha');
    expect(directorNamed({ name: 'host', addresses: ['10.9.9.7'] }, names, paths)).toBeUndefined();
  });

  it('may be this node, or none', () => {
    expect(notThePartner({ name: 'beta', addresses: [] }, paths, names)).toBe('beta is this node');
    expect(notThePartner({ name: '192.0.2.9', addresses: ['192.0.2.9'] }, paths, names)).toBe(
      '192.0.2.9 is none of the other directors, which are alpha, gamma',
    );
  });
});
