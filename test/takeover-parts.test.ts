import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const VIP = '10.88.0.100';
const VIP_6 = 'fd00:88::100';
const CLOSED_PORT = 81;
const isRoot = process.getuid?.() === 0;

const ip = (...args: readonly string[]): string => execFileSync('ip', args, { encoding: 'utf8' });
const hosts = ['client', 'director', 'server'] as const;
type Host = (typeof hosts)[number];
const nameOf = (host: Host): string => `piranha-${host}-${process.pid}`;

/** A process within a host that answers one line with one line. */
class Guest {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  constructor(host: Host, recordFile: string) {
    const script = 'test/support/takeover-guest.mjs';
    const args = ['netns', 'exec', nameOf(host), process.execPath, script, recordFile];
    this.child = spawn('ip', args, { stdio: ['pipe', 'pipe', 'inherit'] });
    if (this.child.stdout === null) throw new Error('no output');
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async next(): Promise<unknown> {
    const { value, done } = await this.lines.next();
    if (done) throw new Error('the guest ended');
    return JSON.parse(value as string);
  }

  ask(...words: readonly unknown[]): Promise<unknown> {
    this.child.stdin?.write(`${JSON.stringify(words)}\n`);
    return this.next();
  }

  end(): void {
    this.child.kill('SIGKILL');
  }
}

/** client 10.88.0.2 -- 10.88.0.1 director 10.89.0.1 -- 10.89.0.2 server; the director forwards and has the VIPs. */
function layOut(): void {
  for (const host of hosts) {
    ip('netns', 'add', nameOf(host));
    ip('-n', nameOf(host), 'link', 'set', 'lo', 'up');
  }
  const on = (host: Host, ...args: readonly string[]) => ip('-n', nameOf(host), ...args);
  for (const [host, device, net] of [
    ['client', 'eth0', 88],
    ['server', 'eth1', 89],
  ] as const) {
    const peer = ['peer', 'name', 'eth0', 'netns', nameOf(host)];
    on('director', 'link', 'add', device, 'type', 'veth', ...peer);
    on('director', 'address', 'add', `10.${net}.0.1/24`, 'dev', device);
    on('director', 'address', 'add', `fd00:${net}::1/64`, 'dev', device, 'nodad');
    on('director', 'link', 'set', device, 'up');
    on(host, 'address', 'add', `10.${net}.0.2/24`, 'dev', 'eth0');
    on(host, 'address', 'add', `fd00:${net}::2/64`, 'dev', 'eth0', 'nodad');
    on(host, 'link', 'set', 'eth0', 'up');
    on(host, 'route', 'add', 'default', 'via', `10.${net}.0.1`);
  }
  on('director', 'address', 'add', `${VIP}/32`, 'dev', 'eth0');
  on('director', 'address', 'add', `${VIP_6}/128`, 'dev', 'eth0', 'nodad');
  const forward = 'echo 1 >/proc/sys/net/ipv4/ip_forward';
  execFileSync('ip', ['netns', 'exec', nameOf('director'), 'sh', '-c', forward]);
}

const works = (program: string, ...args: readonly string[]): boolean =>
  isRoot && spawnSync(program, args, { stdio: 'ignore' }).status === 0;

const TOOLS = [
  { name: 'nft', usable: works('nft', '--version'), programs: { nft: 'nft', iptables: [] } },
  ...['iptables', 'iptables-legacy'].map((command) => ({
    name: command,
    usable: works(command, '-V'),
    programs: { nft: '/nonexistent/nft', iptables: [[command, command.replace('ip', 'ip6')]] },
  })),
];

describe.skipIf(!isRoot)('parts of a takeover in network namespaces (needs root)', () => {
  const directory = mkdtempSync(join(tmpdir(), 'piranha-takeover-'));
  const recordFile = join(directory, 'sysctls.first');
  const guests = new Map<Host, Guest>();
  const on = (host: Host): Guest => {
    const guest = guests.get(host);
    if (guest === undefined) throw new Error(`no guest on ${host}`);
    return guest;
  };

  beforeAll(async () => {
    layOut();
    for (const host of hosts) {
      const guest = new Guest(host, recordFile);
      guests.set(host, guest);
      expect(await guest.next()).toBe('ready');
    }
  });
  afterAll(() => {
    for (const guest of guests.values()) guest.end();
    for (const host of hosts) ip('netns', 'delete', nameOf(host));
    rmSync(directory, { recursive: true, force: true });
  });

  /** Every rule there is in the director's kernel, by whatever tool shows it. */
  const rules = (): string =>
    TOOLS.filter(({ usable }) => usable)
      .map(({ name }) => {
        const shown = name === 'nft' ? ['nft', 'list', 'ruleset'] : [`${name}-save`];
        return execFileSync('ip', ['netns', 'exec', nameOf('director'), ...shown], { encoding: 'utf8' });
      })
      .join('\n');

  describe.each(TOOLS)('reset guard by $name', ({ usable, programs }) => {
    it.skipIf(!usable)('holds resets back while it is on, and nothing else', async () => {
      const director = on('director');
      const open = Number(await director.ask('listen', VIP));
      await director.ask('guard', 'open', programs);
      expect(await director.ask('guard', 'prepare')).toBe(false);
      for (const vip of [VIP, VIP_6]) {
        expect(await on('client').ask('connect', vip, CLOSED_PORT)).toBe('ECONNREFUSED');
      }
      const targets = { vips: [VIP, VIP_6], natServers: [] };
      expect(await director.ask('guard', 'on', targets)).toBeNull();
      expect(await director.ask('guard', 'on', targets)).toBeNull();
      for (const vip of [VIP, VIP_6]) {
        expect(await on('client').ask('connect', vip, CLOSED_PORT)).toBe('silent');
      }
      expect(await on('client').ask('connect', VIP, open)).toBe('connected');
      // Its own address is no VIP.
      expect(await on('client').ask('connect', '10.88.0.1', CLOSED_PORT)).toBe('ECONNREFUSED');
      expect(await director.ask('guard', 'off')).toBeNull();
      for (const vip of [VIP, VIP_6]) {
        expect(await on('client').ask('connect', vip, CLOSED_PORT)).toBe('ECONNREFUSED');
      }
    });

    it.skipIf(!usable)('holds replies back that pass without translation', async () => {
      const port = Number(await on('server').ask('listen', '10.89.0.2'));
      const natServers = [{ address: '10.89.0.2', port }];
      expect(await on('client').ask('connect', '10.89.0.2', port)).toBe('connected');
      await on('director').ask('guard', 'on', { vips: [VIP], natServers });
      expect(await on('client').ask('connect', '10.89.0.2', port)).toBe('silent');
      await on('director').ask('guard', 'off');
      expect(await on('client').ask('connect', '10.89.0.2', port)).toBe('connected');
    });

    it.skipIf(!usable)('is found after a crash, ended, and leaves nothing behind', async () => {
      const director = on('director');
      await director.ask('guard', 'on', { vips: [VIP, VIP_6], natServers: [] });
      await director.ask('guard', 'open', programs);
      expect(await director.ask('guard', 'prepare')).toBe(true);
      expect(await on('client').ask('connect', VIP, CLOSED_PORT)).toBe('silent');
      await director.ask('guard', 'off');
      expect(await on('client').ask('connect', VIP, CLOSED_PORT)).toBe('ECONNREFUSED');
      await director.ask('guard', 'clean');
      // As after a firewall that was loaded anew: the next guard makes again what is gone.
      await director.ask('guard', 'on', { vips: [VIP], natServers: [] });
      await director.ask('guard', 'repair');
      expect(await on('client').ask('connect', VIP, CLOSED_PORT)).toBe('silent');
      await director.ask('guard', 'off');
      await director.ask('guard', 'clean');
      expect(rules()).not.toMatch(/piranha/i);
    });
  });

  it('puts borrowed sysctls back, also after a crash', async () => {
    const director = on('director');
    const read = async () => {
      const { values } = (await director.ask('sysctl', 'read')) as { values: Record<string, string> };
      return values;
    };
    const before = await read();
    expect(Object.keys(before)).toContain('net.ipv4.ip_forward');
    // Each command is a new object: as a pulse that crashed and came back.
    await director.ask('sysctl', 'write', 'net.ipv4.ip_default_ttl', '42');
    await director.ask('sysctl', 'write', 'net.ipv4.ip_local_port_range', '40000 50000');
    await director.ask('sysctl', 'write', 'net.ipv4.ip_default_ttl', '43');
    expect(await read()).toMatchObject({
      'net.ipv4.ip_default_ttl': '43',
      'net.ipv4.ip_local_port_range': '40000 50000',
    });
    expect(await director.ask('sysctl', 'write', 'net.ipv4.ip_forward', '0')).toMatchObject({
      error: expect.stringContaining('not a managed sysctl'),
    });
    await director.ask('sysctl', 'restore');
    expect(await read()).toEqual(before);
    expect(existsSync(recordFile)).toBe(false);
  });
});
