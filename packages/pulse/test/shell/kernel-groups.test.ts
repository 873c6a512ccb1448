import type { VirtualAddress } from '@piranha/addresses';
import type { LvsConfiguration } from '@piranha/config';
import { beforeEach, describe, expect, it } from 'vitest';
import { KernelGroups } from '../../src/shell/kernel-groups.js';

type Held = ReadonlyMap<string, readonly VirtualAddress[]>;

function service(name: string, address: string): LvsConfiguration['virtualServers'][number] {
  return { name, active: true, address: { address, device: 'eth0' }, servers: [] } as never;
}

const SERVICES = {
  virtualServers: [service('web', '10.0.0.8'), service('mail', '10.0.0.9')],
  network: 'direct',
};
const WHOLE = SERVICES as unknown as LvsConfiguration;
const APART = {
  ...SERVICES,
  vipGroups: [{ name: 'post', preferred: 'backup', virtuals: ['mail'], line: 1, natRouter: undefined }],
} as unknown as LvsConfiguration;

let log: string[];
/** Addresses that the kernel refuses. */
let refused: string[];
/** What each group has there. */
let kernel: Map<string, string>;
/** Whose announcements are not repeated any more. */
let stopped: string[];
let groups: KernelGroups;

/** The takeover of a node whose steps are made at once. */
const takeover = {
  take: async (reason: string) => step(`take ${reason}`),
  takeMore: async (reason: string) => step(`more ${reason}`),
  release: async (reason: string) => step(`release ${reason}`),
};

async function step(what: string): Promise<boolean> {
  log.push(what);
  const reached = await groups.reconcile();
  groups.announce();
  return reached;
}

/** Each group's addresses that are new, as the kernel sees it. */
function holdGroups(all: Held): ReadonlyMap<string, Promise<boolean>> {
  const results = [...all].map(([group, list]) => {
    if (list.some(({ address }) => refused.includes(address))) {
      return [group, new Promise<boolean>(() => undefined)] as const;
    }
    const text = `${group}: ${list.map(({ address }) => address).join(' ') || 'nothing'}`;
    if (kernel.get(group) !== text) log.push(text);
    kernel.set(group, text);
    return [group, Promise.resolve(true)] as const;
  });
  return new Map(results);
}

function begin(configuration: LvsConfiguration): void {
  groups = new KernelGroups(
    {
      addresses: { holdGroups, held: () => [] },
      takeover: () => takeover,
      announcements: (group) => ({
        announce: (list) => void log.push(`announce ${group} ${list.length}`),
        stopRepeats: () => void stopped.push(group),
      }),
    },
    configuration,
  );
}

beforeEach(() => {
  [log, refused, stopped, kernel] = [[], [], [], new Map()];
  begin(APART);
});

describe('groups of addresses in the kernel', () => {
  it('are one with the takeover where there is one', async () => {
    begin(WHOLE);
    expect(await groups.take('boot', 'main')).toBe(true);
    expect(log).toEqual(['take boot', 'main: 10.0.0.8 10.0.0.9', 'announce main 2']);
    expect(await groups.drop('stop', 'main')).toBe(true);
    expect(log.slice(3)).toEqual(['release stop', 'main: nothing', 'announce main 0']);
  });

  it('come and go for themselves; the node serves until the last has gone', async () => {
    expect(await groups.take('boot', 'main')).toBe(true);
    expect(await groups.take('partner dead', 'post')).toBe(true);
    log = [];
    expect(await groups.drop('handover', 'post')).toBe(true);
    expect(log).toEqual(['post: nothing']);
    expect(await groups.drop('stop', 'main')).toBe(true);
    expect(log).toContain('release stop');
  });

  it('announce each what came, once it is there', async () => {
    await groups.take('boot', 'main');
    await groups.take('partner dead', 'post');
    expect(log.filter((line) => line.startsWith('announce'))).toEqual(['announce main 1', 'announce post 1']);
  });

  it('do not wait for one that cannot be held', async () => {
    refused = ['10.0.0.9'];
    void groups.take('boot', 'post');
    expect(await groups.take('boot', 'main')).toBe(true);
    expect(log).not.toContain('announce post 1');
  });

  it('tell who waited that something else is wanted', async () => {
    refused = ['10.0.0.9'];
    const taking = groups.take('boot', 'post');
    const dropping = groups.drop('yield', 'post');
    expect(await taking).toBe(false);
    expect(await dropping).toBe(true);
  });

  it('change together at a reload: an address that goes from one to the other is never away', async () => {
    begin(WHOLE);
    await groups.take('boot', 'main');
    log = [];
    groups.change(APART, new Set(['main', 'post']));
    expect(log.slice(0, 2)).toEqual(['main: 10.0.0.8', 'post: 10.0.0.9']);
    expect(groups.ownerOf('10.0.0.9')).toBe('post');
    expect(groups.ownerOf('10.0.0.1')).toBe('main');
  });

  it('leave alone what was found held until somebody puts it down', async () => {
    groups.found(['10.0.0.9']);
    await groups.take('boot', 'main');
    expect(log).toContain('post: 10.0.0.9');
    log = [];
    await groups.drop('yield', 'post');
    expect(log).toEqual(['post: nothing']);
  });

  it('that a reload takes away are not announced any longer', async () => {
    await groups.take('boot', 'main');
    await groups.take('boot', 'post');
    groups.change(WHOLE, new Set(['main']));
    expect(stopped).toEqual(['post']);
  });
});
