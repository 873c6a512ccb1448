import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaryPath } from '@piranha/common';
import type { WitnessStatus } from '@piranha/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { TwoHosts } from './support/two-hosts.js';

const LIMIT = { timeout: 30_000, interval: 20 };
const INTERVAL_MS = 100;

const LVS_CF = `primary = 192.0.2.1
backup = 192.0.2.2
backup_active = 1
witness = WITNESS
witness_quorum = 2
witness_interval = 0.9
virtual web {
  active = 1
  address = 192.0.2.100 eth0:1
  server one {
    address = 10.77.0.2
    active = 1
  }
}
`;

/** A line of witness-node.mjs. */
interface Status extends WitnessStatus {
  readonly freshAfterMs?: number;
}

describe.skipIf(process.getuid?.() !== 0)('witnesses on a network (needs root for namespaces)', () => {
  let hosts: TwoHosts;
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'piranha-witness-'));
    hosts = new TwoHosts();
    // A host that is no neighbour: behind the far one.
    hosts.ip(hosts.far, 'address', 'add', '10.88.0.1/32', 'dev', 'lo');
    hosts.ip(hosts.near, 'route', 'add', '10.88.0.1', 'via', '10.77.0.2');
  });
  afterEach(() => hosts.removeProcesses());
  afterAll(async () => {
    rmSync(directory, { recursive: true, force: true });
    await hosts.remove();
  });

  async function watchOf(target: object, ...program: readonly string[]) {
    const config = {
      targets: [{ name: 'the witness', ...target }],
      policy: 'require',
      quorum: 1,
      intervalMs: INTERVAL_MS,
      holdLimitMs: 1_000,
      marginMs: 50,
      takeAfterMs: 2_000,
    };
    const words = [process.execPath, 'test/support/witness-node.mjs', JSON.stringify(config)];
    const [first = '', ...rest] = [...program, ...words];
    const node = hosts.spawn(hosts.near, first, ...rest);
    const last = (): Status => {
      const line = node.lines().at(-1);
      if (line === undefined || line === 'ready') throw new Error(`nothing told: ${node.stderr()}`);
      return JSON.parse(line) as Status;
    };
    const reaches = (reach: string) => vi.waitFor(() => expect(last().targets[0]?.reach).toBe(reach), LIMIT);
    return { last, reaches };
  }

  const silence = (name: string, value: number): void => {
    execFileSync('ip', ['netns', 'exec', hosts.far, 'sysctl', '-qw', `${name}=${value}`]);
  };

  it('a neighbour answers for the gateway by ARP, whatever it does with pings', async () => {
    silence('net.ipv4.icmp_echo_ignore_all', 1);
    const { reaches, last } = await watchOf({ kind: 'gateway', address: '10.77.0.2' });
    await reaches('reachable');
    await vi.waitFor(() => expect(last().freshAfterMs).toBeGreaterThanOrEqual(0), LIMIT);
    hosts.ip(hosts.far, 'link', 'set', 'eth0', 'arp', 'off');
    await reaches('unreachable');
    expect(last().targets[0]?.problem).toBe(`no answer within ${INTERVAL_MS} ms`);
    expect(last().text).toContain('no witness, no takeover');
    hosts.ip(hosts.far, 'link', 'set', 'eth0', 'arp', 'on');
    await reaches('reachable');
    silence('net.ipv4.icmp_echo_ignore_all', 0);
  });

  it('a gateway that is taken over by another station is asked there', async () => {
    const { reaches } = await watchOf({ kind: 'gateway', address: '10.77.0.2' });
    await reaches('reachable');
    hosts.ip(hosts.far, 'link', 'set', 'eth0', 'arp', 'off');
    await reaches('unreachable');
    hosts.ip(hosts.far, 'link', 'set', 'eth0', 'address', '02:00:00:77:00:99');
    hosts.ip(hosts.far, 'link', 'set', 'eth0', 'arp', 'on');
    await reaches('reachable');
  });

  it('a gateway that is no neighbour is pinged', async () => {
    const { reaches } = await watchOf({ kind: 'gateway', address: '10.88.0.1' });
    await reaches('reachable');
    silence('net.ipv4.icmp_echo_ignore_all', 1);
    await reaches('unreachable');
    silence('net.ipv4.icmp_echo_ignore_all', 0);
    await reaches('reachable');
  });

  it.each([
    ['10.77.0.2', 'net.ipv4.icmp_echo_ignore_all'],
    ['fd00:77::2', 'net.ipv6.icmp.echo_ignore_all'],
  ])('%s is pinged', async (address, switchName) => {
    const { reaches, last } = await watchOf({ kind: 'ping', address });
    await reaches('reachable');
    await vi.waitFor(() => expect(last().freshAfterMs).toBeGreaterThanOrEqual(0), LIMIT);
    silence(switchName, 1);
    await reaches('unreachable');
    silence(switchName, 0);
    await reaches('reachable');
  });

  it('HTTP over IPv6', async () => {
    await hosts.script(hosts.far, 'http-on.mjs', 'fd00:77::2', '8080');
    const { reaches } = await watchOf({ kind: 'http', address: 'fd00:77::2', port: 8080, path: '/' });
    await reaches('reachable');
  });

  it('lvsctl witness asks them once by hand', async () => {
    await hosts.script(hosts.far, 'http-on.mjs', '10.77.0.2', '8080');
    const file = join(directory, 'lvs.cf');
    const ask = async (witness: string, ...options: string[]) => {
      writeFileSync(file, LVS_CF.replace('WITNESS', witness));
      const lvsctl = hosts.spawn(
        hosts.near,
        process.execPath,
        binaryPath('lvsctl'),
        'witness',
        ...options,
        file,
      );
      return { status: await lvsctl.ended, stdout: lvsctl.lines().join('\n'), stderr: lvsctl.stderr() };
    };
    const all = 'gateway 10.77.0.254, ping fd00:77::2, tcp 10.77.0.2:8080, http http://10.77.0.2:8080/up';
    const { status, stdout } = await ask(all);
    expect(stdout).toMatch(
      /^gateway 10\.77\.0\.254: no answer: no answer within 1000 ms\nping fd00:77::2: answers in \S+ ms\ntcp \S+: answers in \S+ ms\nhttp \S+: answers in \S+ ms\n3 of 4 in time, witness_quorum = 2, witness_policy = advise$/,
    );
    expect(status).toBe(0);
    const none = await ask('ping 10.77.0.1, tcp 10.77.0.2:9', '--json');
    expect(none.status).toBe(1);
    expect(JSON.parse(none.stdout)).toMatchObject({
      ok: false,
      quorum: 2,
      witnesses: [
        { name: 'ping 10.77.0.1', ok: false, problem: 'this machine has the address itself' },
        { name: 'tcp 10.77.0.2:9', ok: false, problem: 'ECONNREFUSED' },
      ],
    });
  });

  it('no route is told as such', async () => {
    const { reaches, last } = await watchOf({ kind: 'ping', address: '203.0.113.9' });
    await reaches('unreachable');
    expect(last().targets[0]?.problem).toContain('ENETUNREACH');
  });

  it('an address of this machine proves nothing', async () => {
    const { reaches, last } = await watchOf({ kind: 'ping', address: '10.77.0.1' });
    await reaches('unreachable');
    expect(last().targets[0]?.problem).toBe('this machine has the address itself');
  });

  it.each(['10.77.0.2', 'fd00:77::2'])(
    'without the right to ask %s, it says what is missing',
    async (address) => {
      const program = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all'];
      const { reaches, last } = await watchOf({ kind: 'gateway', address }, ...program);
      await reaches('unreachable');
      expect(last().targets[0]?.problem).toContain('run as root, or with the capability CAP_NET_RAW');
    },
  );
});
