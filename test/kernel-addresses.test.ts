import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InterfaceAddress, NetworkLink } from '@piranha/net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AddressNamespace, type AddressNode } from './support/address-namespace.js';
import { waitFor } from './support/wait.js';

const isRoot = process.getuid?.() === 0;

interface Held {
  readonly reached: boolean;
  readonly heldAtOnce: readonly string[];
}

/** A wanted address, as lvs.cf with `ADDRESS eth0:1` and a mask gives it. */
function vip(address: string, device: string) {
  const isIpv6 = address.includes(':');
  return {
    address,
    family: isIpv6 ? 6 : 4,
    interface: device,
    label: isIpv6 ? undefined : `${device}:1`,
    prefixLength: isIpv6 ? 128 : 32,
    broadcast: isIpv6 ? undefined : '10.77.0.255',
  };
}

const VIP = vip('10.77.0.9', 'eth0');
const VIP6 = vip('2001:db8:77::9', 'eth0');

let directory = '';
let heldFile = '';
let namespace: AddressNamespace;
let node: AddressNode;
let before: unknown;

describe.skipIf(!isRoot)('addresses on real interfaces (needs root for network namespaces)', () => {
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kernel-addresses-'));
    heldFile = join(directory, 'addresses');
    namespace = new AddressNamespace();
    before = namespace.addresses();
    node = await namespace.start(heldFile);
  });

  afterEach(async () => {
    await namespace.close();
    rmSync(directory, { recursive: true });
  });

  it('are held when hold() returns, and after hold([]) everything is as before', async () => {
    const held = await node.call<Held>('hold', [VIP, VIP6, vip('10.78.0.1', 'eth1')]);
    expect(held.heldAtOnce).toEqual(['10.77.0.9', '2001:db8:77::9', '10.78.0.1']);
    expect(held.reached).toBe(true);
    expect(namespace.ip('-o address show dev eth0 to 10.77.0.9')).toMatch(
      /inet 10\.77\.0\.9\/32 brd 10\.77\.0\.255 scope global eth0:1\b/,
    );
    expect(await node.call('held')).toEqual(held.heldAtOnce);
    await node.call('hold', [VIP, VIP6, vip('10.78.0.1', 'eth1')]);
    await node.call('hold', []);
    expect(namespace.addresses()).toEqual(before);
    expect(existsSync(heldFile)).toBe(false);
    expect(node.messages.filter((message) => 'problem' in message || 'finding' in message)).toEqual([]);
  });

  it('give IPv6 at once: no duplicate detection, not chosen for own connections, no network route', async () => {
    const routes = namespace.ip('-6 route show');
    await node.call('hold', [VIP6]);
    const list = await node.call<InterfaceAddress[]>('addresses');
    expect(list.find(({ address }) => address === VIP6.address)).toMatchObject({
      prefixLength: 128,
      isTentative: false,
      isNodad: true,
      isDeprecated: true,
      preferredSeconds: 0,
    });
    const shown = namespace.ip(`-o address show dev eth0 to ${VIP6.address}`);
    expect(shown).toMatch(/nodad.*valid_lft forever preferred_lft 0sec/);
    expect(shown).not.toContain('tentative');
    expect(namespace.ip('-6 route show')).toBe(routes);
  });

  it('do not take the other addresses of their network with them', async () => {
    namespace.sysctl('net.ipv4.conf.all.promote_secondaries', 0);
    namespace.sysctl('net.ipv4.conf.eth0.promote_secondaries', 0);
    const onEth0 = () =>
      [...namespace.ip('-o -4 address show dev eth0').matchAll(/inet (\S+)/g)].map(([, text]) => text);
    const addOthers = () => {
      for (const host of [20, 21]) namespace.ip(`address add 10.77.0.${host}/24 dev eth0`);
    };
    namespace.ip('-4 address flush dev eth0');
    // The trap: the first address of a network, once removed, takes the later ones with it.
    namespace.ip('address add 10.77.0.9/24 dev eth0');
    addOthers();
    namespace.ip('address delete 10.77.0.9/24 dev eth0');
    expect(onEth0()).toEqual([]);
    await node.call('hold', [VIP]);
    addOthers();
    await node.call('hold', []);
    expect(onEth0()).toEqual(['10.77.0.20/24', '10.77.0.21/24']);
  });

  it("leave a device's own address alone, and what others added", async () => {
    namespace.ip('address add 10.77.0.30/32 dev eth0');
    const foreign = namespace.addresses();
    const held = await node.call<Held>('hold', [vip('10.77.0.1', 'eth0'), vip('10.77.0.30', 'eth0'), VIP]);
    expect(held.heldAtOnce).toEqual(['10.77.0.1', '10.77.0.30', '10.77.0.9']);
    await node.message({ finding: 'foreign', address: '10.77.0.1' });
    await node.message({ finding: 'foreign', address: '10.77.0.30' });
    await node.call('hold', []);
    expect(namespace.addresses()).toEqual(foreign);
  });

  it('are found after a SIGKILL: kept if they are wanted, removed if not', async () => {
    await node.call('hold', [VIP, VIP6]);
    await node.kill();
    const successor = await namespace.start(heldFile);
    const leftovers = await successor.call<{ address: string }[]>('leftovers');
    expect(leftovers.map(({ address }) => address)).toEqual([VIP.address, VIP6.address]);
    await successor.call('hold', [VIP]);
    expect(namespace.ip('-o address')).toContain('10.77.0.9/32');
    expect(namespace.ip('-o address')).not.toContain(VIP6.address);
    await successor.call('hold', []);
    expect(namespace.addresses()).toEqual(before);
  });

  it('come when their device comes', async () => {
    const held = await node.call<Held>('hold', [vip('10.79.0.1', 'eth7'), VIP]);
    expect(held).toMatchObject({ reached: true, heldAtOnce: ['10.77.0.9'] });
    await node.message({ finding: 'device-missing', address: '10.79.0.1' });
    namespace.ip('link add eth7 type veth peer name eth7-peer');
    await waitFor('the address of the new device', async () =>
      (await node.call<string[]>('held')).includes('10.79.0.1'),
    );
    expect(namespace.ip('-o address show dev eth7')).toContain('10.79.0.1/32');
  });

  it('are put back after a link was down, and after somebody removed them', async () => {
    await node.call('hold', [VIP, VIP6]);
    await node.call('restoreOnEvents');
    namespace.ip('link set eth0 down');
    await node.message({ event: 'address', type: 'removed', address: VIP6.address });
    namespace.ip('link set eth0 up');
    await waitFor('the IPv6 address', () => namespace.ip('-o address').includes(`${VIP6.address}/128`));
    expect(namespace.ip(`-o address show to ${VIP6.address}`)).not.toContain('tentative');
    namespace.ip('address delete 10.77.0.9/32 dev eth0');
    await waitFor('the IPv4 address', () => namespace.ip('-o address').includes('10.77.0.9/32'));
    await node.message({ finding: 'lost', address: '10.77.0.9' });
  });

  it('move from one device to another', async () => {
    await node.call('hold', [VIP]);
    await node.call('hold', [vip(VIP.address, 'eth1')]);
    expect(namespace.ip('-o address show dev eth0')).not.toContain('10.77.0.9');
    expect(namespace.ip('-o address show dev eth1')).toContain('10.77.0.9/32');
    await node.message({ finding: 'moved', address: '10.77.0.9' });
  });

  it('are many in one call, more than one datagram of answers', async () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      vip(`10.80.${Math.floor(index / 250)}.${(index % 250) + 1}`, 'eth0'),
    );
    const held = await node.call<Held>('hold', many);
    expect(held.heldAtOnce).toHaveLength(300);
    expect(namespace.ip('-o -4 address show to 10.80.0.0/16').trim().split('\n')).toHaveLength(300);
    await node.call('hold', []);
    expect(namespace.addresses()).toEqual(before);
  });
});

describe.skipIf(!isRoot)('rtnetlink (needs root for network namespaces)', () => {
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kernel-addresses-'));
    heldFile = join(directory, 'addresses');
    namespace = new AddressNamespace();
    node = await namespace.start(heldFile);
  });

  afterEach(async () => {
    await namespace.close();
    rmSync(directory, { recursive: true });
  });

  it('lists links as they are', async () => {
    namespace.ip('link add bridge0 type bridge');
    namespace.ip('link set eth1 master bridge0');
    const links = await node.call<NetworkLink[]>('links');
    const byName = (name: string) => links.find((one) => one.name === name);
    expect(byName('eth0')).toMatchObject({
      isUp: true,
      hasCarrier: true,
      operationalState: 'up',
      kind: 'veth',
      hardwareType: 1,
      mtuBytes: 1500,
    });
    expect(byName('eth0')?.mac).toBe(/link\/ether (\S+)/.exec(namespace.ip('link show eth0'))?.[1]);
    expect(byName('eth1')?.master).toBe(byName('bridge0')?.index);
    expect(byName('bridge0')).toMatchObject({ kind: 'bridge', isUp: false, hasCarrier: false });
    expect(byName('lo')).toMatchObject({ hardwareType: 772, operationalState: 'unknown' });
  });

  it('adds and removes idempotently, and tells an error with its remedy', async () => {
    const { index } = (await node.call<NetworkLink[]>('links')).find(({ name }) => name === 'eth0') ?? {};
    const spec = { ifindex: index, address: '10.77.0.40', prefixLength: 32, label: 'eth0:web' };
    const changes = ['add', 'add', 'remove', 'remove'].map((type) => ({ type, address: spec }));
    expect(await node.call('change', changes)).toEqual(
      ['done', 'already', 'done', 'already'].map((outcome) => ({ outcome })),
    );
    expect(await node.call('add', spec)).toBe(true);
    expect(await node.call('add', spec)).toBe(true);
    expect(await node.call('remove', spec)).toBe(true);
    expect(await node.call('remove', spec)).toBe(true);
    const error = await node.call<Record<string, string>>('add', { ...spec, ifindex: 9_999 });
    expect(error.code).toBe('ADDRESS_FAILED');
    expect(error.message).toContain('add 10.77.0.40/32: ENODEV');
  });

  it('names the privilege that is missing', async () => {
    const { index } = (await node.call<NetworkLink[]>('links')).find(({ name }) => name === 'eth0') ?? {};
    const powerless = await namespace.start(heldFile, 'setpriv', '--bounding-set=-net_admin');
    const error = await powerless.call<Record<string, string>>('add', {
      ifindex: index,
      address: '10.77.0.40',
      prefixLength: 32,
    });
    expect(error).toMatchObject({ code: 'ADDRESS_FAILED', message: 'add 10.77.0.40/32: EPERM' });
    expect(error.hint).toContain('CAP_NET_ADMIN');
    powerless.send('hold', [VIP]);
    await powerless.message({ problem: `add 10.77.0.9/32: EPERM: ${error.hint}` });
    expect(existsSync(heldFile)).toBe(false);
  });

  it('says when events were lost, and goes on hearing', async () => {
    const index = (await node.call<NetworkLink[]>('links')).find(({ name }) => name === 'eth0')?.index ?? 0;
    const address = { ifindex: index, address: '10.77.0.44', prefixLength: 32 };
    const changes = Array.from({ length: 8_000 }, (_, turn) => ({
      type: turn % 2 ? 'remove' : 'add',
      address,
    }));
    // One turn of the event loop: nothing is read meanwhile.
    await node.call('change', changes);
    await node.message({ event: 'overflow' });
    namespace.ip('address add 10.77.0.45/32 dev eth0');
    await node.message({ event: 'address', type: 'added', address: '10.77.0.45' });
  });

  it('does what can be done when one of many changes is refused', async () => {
    const change = (address: string, ifindex: number) => ({
      type: 'add',
      address: { ifindex, address, prefixLength: 32 },
    });
    const index = (await node.call<NetworkLink[]>('links')).find(({ name }) => name === 'eth0')?.index ?? 0;
    const changes = [change('10.77.0.41', index), change('10.77.0.42', 9_999), change('10.77.0.43', index)];
    const results = await node.call<{ outcome: string }[]>('change', changes);
    expect(results.map(({ outcome }) => outcome)).toEqual(['done', 'failed', 'done']);
  });

  it('tells of links and addresses', async () => {
    namespace.ip('link set eth1-peer down');
    await node.message({ event: 'link', type: 'changed', name: 'eth1', isUp: true, hasCarrier: false });
    namespace.ip('link set eth1-peer up');
    await node.message({ event: 'link', type: 'changed', name: 'eth1', isUp: true, hasCarrier: true });
    namespace.ip('address add 10.77.0.50/32 dev eth1');
    await node.message({ event: 'address', type: 'added', address: '10.77.0.50' });
    namespace.ip('address delete 10.77.0.50/32 dev eth1');
    await node.message({ event: 'address', type: 'removed', address: '10.77.0.50' });
    namespace.ip('link delete eth1');
    await node.message({ event: 'link', type: 'removed', name: 'eth1' });
  });

  it('is not told by a bridge that a port is gone that only left it', async () => {
    namespace.ip('link add bridge0 type bridge');
    namespace.ip('link set eth1 master bridge0');
    namespace.ip('link set eth1 nomaster');
    namespace.ip('address add 10.77.0.51/32 dev eth1');
    await node.message({ event: 'address', type: 'added', address: '10.77.0.51' });
    expect(node.messages.filter(({ type, name }) => type === 'removed' && name === 'eth1')).toEqual([]);
  });

  it('shows which of the own links is lost', async () => {
    namespace.ip('address add 192.168.77.1/24 dev eth1');
    const own = { publicAddress: '10.77.0.1', privateAddress: '192.168.77.1' };
    expect(await node.call('linkProblems', own)).toEqual([]);
    namespace.ip('link set eth1-peer down');
    await node.message({ event: 'link', name: 'eth1', hasCarrier: false });
    expect(await node.call('linkProblems', own)).toEqual(['Private NIC: link down']);
    namespace.ip('link set eth0 down');
    expect(await node.call('linkProblems', own)).toEqual([
      'Primary NIC: link down',
      'Private NIC: link down',
    ]);
  });

  it('follows a bridge by its own state: up while one of its ports is', async () => {
    namespace.ip('link add bridge0 type bridge');
    namespace.ip('link set bridge0 up');
    for (const port of ['eth0', 'eth1']) namespace.ip(`link set ${port} master bridge0`);
    namespace.ip('address add 192.168.77.1/24 dev bridge0');
    const own = { publicAddress: '192.168.77.1' };
    const isFine = async () => (await node.call<string[]>('linkProblems', own)).length === 0;
    await waitFor('the bridge to come up', isFine);
    namespace.ip('link set eth0-peer down');
    await node.message({ event: 'link', name: 'eth0', hasCarrier: false });
    expect(await isFine()).toBe(true);
    namespace.ip('link set eth1-peer down');
    await waitFor('the bridge to go down', async () => !(await isFine()));
  });
});
