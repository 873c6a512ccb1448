import { describe, expect, it } from 'vitest';
import { nextTickMs, stepPulse } from '../../src/core/machine.js';
import { NodeGroups } from '../../src/core/node-groups.js';
import { startPulse } from '../../src/core/start.js';
import type { GroupPlan } from '../../src/core/vip-groups.js';
import { policyGroups } from '../../src/shell/group-views.js';
import { testSettings } from '../support/virtual-pair.js';

const MAIN: GroupPlan = { name: 'main', preferred: 'primary', vips: ['10.0.0.8'] };
const POST: GroupPlan = { name: 'post', preferred: 'backup', vips: ['10.0.0.9'] };
const LOADED = { settings: testSettings('primary'), hash: '1' };

/** What a move that nobody is forced to sees of the groups, with a partner of this file and these groups. */
function seen(plans: readonly GroupPlan[], hash: string, ...names: readonly string[]): readonly string[] {
  const groups = new NodeGroups({ startPulse, stepPulse, nextTickMs }, plans);
  groups.start(LOADED.settings, () => ({ type: 'fresh' }), 0, undefined);
  const said = names.map((name) => ({ name, duty: 'standby' }) as const);
  const beat = { groups: said, configuration: { hash, serial: 1 } };
  return policyGroups(groups, LOADED, beat).map(
    ({ name, isKnown, isAlike }) => `${name}${isKnown ? '' : ' unknown'}${isAlike ? '' : ' unlike'}`,
  );
}

describe('the groups of a partner', () => {
  it('are those of this director where both go by one file', () => {
    expect(seen([MAIN, POST], '1', 'main', 'post')).toEqual(['main', 'post']);
  });

  it('may have other addresses where the files differ, whatever their names', () => {
    expect(seen([MAIN, POST], '2', 'main')).toEqual(['main unlike', 'post unknown unlike']);
  });

  it('do not matter where everything moves together', () => {
    expect(seen([MAIN], '2', 'main')).toEqual(['main']);
  });
});
