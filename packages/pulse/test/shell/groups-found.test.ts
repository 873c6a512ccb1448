import type { LvsConfiguration } from '@piranha/config';
import { HELD_GROUPS_VARIABLE } from '@piranha/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { groupsFound } from '../../src/shell/groups-found.js';
import type { SavedState } from '../../src/shell/saved-state.js';

const service = (name: string, address: string) =>
  ({ name, active: true, address: { address, device: 'eth0' }, servers: [] }) as never;
const group = (name: string, member: string) =>
  ({ name, preferred: 'backup', virtuals: [member], line: 1, natRouter: undefined }) as const;

const SERVICES = [service('web', '10.0.0.8'), service('mail', '10.0.0.9'), service('shop', '10.0.0.10')];
const WHOLE = { virtualServers: SERVICES } as unknown as LvsConfiguration;
const APART = { ...WHOLE, vipGroups: [group('post', 'mail'), group('shop', 'shop')] };

function saved(main: boolean, groups?: Readonly<Record<string, boolean>>): SavedState {
  const entries = Object.entries(groups ?? {});
  const one = { reason: '', since: '', missed: false };
  return {
    ...{ holding: main, reason: '', since: '' },
    ...(groups === undefined
      ? {}
      : { groups: entries.map(([name, holding]) => ({ name, holding, ...one })) }),
  };
}

const found = (state: SavedState | undefined, configuration: LvsConfiguration = APART): string[] => [
  ...groupsFound(configuration, { type: 'adopt' }, state, []),
];

afterEach(() => vi.unstubAllEnvs());

describe('what a pulse that is started again goes on with', () => {
  it('is all where addresses move together', () => {
    expect(found(saved(true), WHOLE)).toEqual(['main']);
    expect(found(undefined, WHOLE)).toEqual(['main']);
  });

  it('is what its guardian says that the one before had', () => {
    vi.stubEnv(HELD_GROUPS_VARIABLE, 'post');
    expect(found(saved(true, { post: true, shop: true }))).toEqual(['post']);
    vi.stubEnv(HELD_GROUPS_VARIABLE, '');
    expect(found(saved(true, { post: true, shop: true }))).toEqual([]);
  });

  it('is what that one saved where nobody says anything', () => {
    expect(found(saved(false, { post: true, shop: false }))).toEqual(['post']);
  });

  it('is the main group for one that the file has only since', () => {
    expect(found(saved(true))).toEqual(['main', 'post', 'shop']);
    vi.stubEnv(HELD_GROUPS_VARIABLE, 'main');
    expect(found(saved(true, { post: false }))).toEqual(['main', 'shop']);
  });

  it('is the groups of addresses that were found held', () => {
    const left = groupsFound(APART, { type: 'leftover' }, undefined, ['10.0.0.9', '192.0.2.1']);
    expect([...left]).toEqual(['post']);
  });
});
