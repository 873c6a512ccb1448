import type { NeighbourEntry, NeighbourSpec } from '@piranha/net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HostProcess, TwoHosts } from './support/two-hosts.js';
import { waitFor } from './support/wait.js';

const FAR = '10.77.0.2';
const FAR_6 = 'fd00:77::2';
const OTHER_MAC = '02:00:5e:10:00:01';

let hosts: TwoHosts;
let node: HostProcess;
let ifindex: number;
let mac: string;
let answers = 0;

/** Calls a function of the process on the near host. */
async function ask<Answer>(call: string, value: unknown): Promise<Answer> {
  answers += 1;
  node.child.stdin?.write(`${JSON.stringify([call, value])}\n`);
  const line = await waitFor('an answer', () => node.lines()[answers], { details: () => node.stderr() });
  return JSON.parse(line) as Answer;
}

const entriesOf = (...addresses: readonly string[]) => ask<NeighbourEntry[]>('entriesOf', addresses);
const confirm = (address: string, linkAddress: string) =>
  ask<unknown>('confirm', { ifindex, address, linkAddress } satisfies NeighbourSpec);

/** Puts the far host into the table of the near one in some state, or takes it out. */
function set(address: string, ...words: readonly string[]): void {
  hosts.ip(hosts.near, 'neighbour', 'flush', 'dev', 'eth0', 'nud', 'all');
  if (words.length > 0) hosts.ip(hosts.near, 'neighbour', 'replace', address, 'dev', 'eth0', ...words);
}

describe.skipIf(process.getuid?.() !== 0)('the neighbour table (needs root for network namespaces)', () => {
  beforeAll(async () => {
    hosts = new TwoHosts();
    mac = hosts.mac(hosts.far);
    ifindex = Number(/^(\d+):/.exec(hosts.ip(hosts.near, '-o', 'link', 'show', 'eth0'))?.[1]);
    node = await hosts.script(hosts.near, 'neighbours-node.mjs');
  });
  afterAll(() => hosts?.remove());

  it.each([FAR, FAR_6])('tells of %s in each state', async (address) => {
    const entry = { ifindex, address, linkAddress: mac };
    for (const [state, expected] of [
      ['reachable', 'trusted'],
      ['stale', 'trusted'],
      ['permanent', 'fixed'],
      ['noarp', 'fixed'],
    ]) {
      set(address, 'lladdr', mac, 'nud', state ?? '');
      expect(await entriesOf(address)).toEqual([{ ...entry, state: expected }]);
    }
    set(address, 'nud', 'failed');
    expect(await entriesOf(address)).toEqual([{ ...entry, linkAddress: undefined, state: 'lost' }]);
    set(address);
    expect(await entriesOf(address)).toEqual([]);
  });

  it('answers for both families at once, and for nobody else', async () => {
    set(FAR, 'lladdr', mac);
    hosts.ip(hosts.near, 'neighbour', 'replace', FAR_6, 'dev', 'eth0', 'lladdr', mac);
    hosts.ip(hosts.near, 'neighbour', 'replace', '10.77.0.3', 'dev', 'eth0', 'lladdr', OTHER_MAC);
    expect((await entriesOf(FAR, FAR_6, '10.77.0.9', 'no address')).map(({ address }) => address)).toEqual([
      FAR,
      FAR_6,
    ]);
  });

  it.each([FAR, FAR_6])('makes %s reachable that failed, or that was never there', async (address) => {
    for (const words of [['nud', 'failed'], ['lladdr', mac, 'nud', 'probe'], []]) {
      set(address, ...words);
      expect(await confirm(address, mac)).toBe(true);
      expect(hosts.ip(hosts.near, 'neighbour', 'show', address)).toContain(`lladdr ${mac} REACHABLE`);
    }
  });

  it('leaves an entry that is valid with another link-layer address', async () => {
    set(FAR, 'lladdr', OTHER_MAC, 'nud', 'stale');
    expect(await confirm(FAR, mac)).toBe(true);
    expect(hosts.ip(hosts.near, 'neighbour', 'show', FAR)).toContain(`lladdr ${OTHER_MAC} STALE`);
  });

  it('tells of an interface that is not there, and goes on', async () => {
    const gone = { ifindex: 9_999, address: FAR, linkAddress: mac };
    expect(await ask('confirm', gone)).toMatchObject({
      code: 'ADDRESS_FAILED',
      message: expect.stringMatching(/^neighbour 10\.77\.0\.2: ENODEV/),
    });
    set(FAR, 'lladdr', mac);
    expect(await entriesOf(FAR)).toHaveLength(1);
  });

  it('names the privilege that is missing, and can be read without it', async () => {
    set(FAR, 'nud', 'failed');
    const command = ['--bounding-set=-net_admin', process.execPath, 'test/support/neighbours-node.mjs'];
    const powerless = hosts.spawn(hosts.near, 'setpriv', ...command);
    for (const question of [
      ['entriesOf', [FAR]],
      ['confirm', { ifindex, address: FAR, linkAddress: mac }],
    ]) {
      powerless.child.stdin?.write(`${JSON.stringify(question)}\n`);
    }
    const lines = await waitFor('both answers', () => powerless.lines().length === 3 && powerless.lines());
    const told = lines.slice(1).map((line) => JSON.parse(line) as unknown);
    expect(told).toContainEqual([{ ifindex, address: FAR, state: 'lost' }]);
    expect(told).toContainEqual({ code: 'ADDRESS_FAILED', message: 'neighbour 10.77.0.2: EPERM' });
  });

  it('can be ended while a call is under way', async () => {
    expect(await ask('closeAmid', [FAR])).toEqual(['fulfilled', 'rejected', 'rejected']);
  });
});
