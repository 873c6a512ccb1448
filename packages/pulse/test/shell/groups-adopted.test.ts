import type { LvsConfiguration } from '@piranha/config';
import { HELD_GROUPS_VARIABLE } from '@piranha/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { nextTickMs, stepPulse } from '../../src/core/machine.js';
import { NodeGroups } from '../../src/core/node-groups.js';
import { startPulse } from '../../src/core/start.js';
import { groupPlans } from '../../src/core/vip-groups.js';
import { aliveReport } from '../../src/shell/alive-report.js';
import { groupsFound } from '../../src/shell/groups-found.js';
import type { LoadedSettings } from '../../src/shell/load-settings.js';
import type { SavedState } from '../../src/shell/saved-state.js';
import { testSettings } from '../support/virtual-pair.js';

const service = (name: string, address: string) => ({
  name,
  active: true,
  address: { address, device: 'eth0:1' },
  servers: [{ active: true, forwarding: 'nat' }],
});

const ROUTER = { address: '10.1.0.1', device: 'eth1:1' };

/** `post` is forwarded by NAT, with a gateway of its own. */
function nat(): LvsConfiguration {
  return {
    network: 'nat',
    heartbeatPort: 539,
    virtualServers: [service('web', '10.0.0.8'), service('mail', '10.0.0.9')],
    vipGroups: [{ name: 'post', preferred: 'backup', virtuals: ['mail'], line: 1, natRouter: ROUTER }],
  } as unknown as LvsConfiguration;
}

const SETTINGS = testSettings('backup');

describe('the NAT router of a group', () => {
  it('is the one of the group also where it is found held', () => {
    const left = ['10.0.0.9', '10.1.0.1'];
    expect(groupsFound(nat(), { type: 'leftover' }, undefined, left)).toEqual(new Set(['post']));
  });

  it('and an address that no group has any more make no other group held', () => {
    const how = { type: 'leftover' } as const;
    expect(groupsFound(nat(), how, undefined, ['10.0.0.9', '10.0.0.77'])).toEqual(new Set(['post']));
    expect(groupsFound(nat(), how, undefined, ['10.0.0.77'])).toEqual(new Set(['main']));
  });

  it('is for the guardian to put down with the group', () => {
    const groups = new NodeGroups({ startPulse, stepPulse, nextTickMs }, groupPlans(nat()));
    groups.start(SETTINGS, () => ({ type: 'fresh' }), 0, undefined);
    const loaded = { settings: SETTINGS, paths: [], configuration: nat() } as unknown as LoadedSettings;
    const report = aliveReport({ loaded, keepaliveMs: 100, groups, beat: undefined });
    expect(report.groups?.map(({ name, vips }) => [name, vips])).toEqual([
      ['main', ['10.0.0.8']],
      ['post', ['10.0.0.9', '10.1.0.1']],
    ]);
  });
});

describe('the groups that a pulse goes on with', () => {
  const adopt = { type: 'adopt' } as const;
  const saved = (groups?: SavedState['groups']): SavedState => ({
    holding: true,
    reason: '',
    since: '',
    ...(groups === undefined ? {} : { groups }),
  });
  const post = { name: 'post', holding: false, reason: '', since: '', missed: false };
  afterEach(() => {
    delete process.env[HELD_GROUPS_VARIABLE];
  });

  it('are those that its guardian tells of, and what was part of main until now', () => {
    process.env[HELD_GROUPS_VARIABLE] = 'main';
    expect(groupsFound(nat(), adopt, saved([post]), [])).toEqual(new Set(['main']));
    expect(groupsFound(nat(), adopt, saved(), [])).toEqual(new Set(['main', 'post']));
  });

  it('are no more than those where the saved state cannot be read: the partner may have the other ones', () => {
    process.env[HELD_GROUPS_VARIABLE] = 'main';
    expect(groupsFound(nat(), adopt, undefined, [])).toEqual(new Set(['main']));
  });
});
