import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { binaryPath } from '@piranha/common';
import { ControlClient, type PulseStatus, runDirectory } from '@piranha/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killAllOf, markedEnvironment } from './support/processes.js';
import { TwoHosts } from './support/two-hosts.js';
import { waitFor } from './support/wait.js';

const NEAR = '10.77.0.1';
const FAR = '10.77.0.2';
const VIP = '10.77.0.100';
/** Longer than the deadtime and all that a director does at it. */
const LATER_MS = 5_000;

const CONFIGURATION = `primary = ${NEAR}
service = lvs
backup_active = 1
backup = ${FAR}
keepalive = 0.25
deadtime = 3
network = direct
virtual web {
  active = 1
  address = ${VIP} eth0:1
  port = 80
  scheduler = rr
  protocol = tcp
  server one {
    address = 10.77.0.11
    active = 1
    weight = 1
  }
}
`;

const canLose = process.getuid?.() === 0 && spawnSync('nft', ['--version'], { stdio: 'ignore' }).status === 0;

/** A pulse on one of the hosts, with addresses on real interfaces. */
class Node {
  private readonly directory: string;
  private readonly logFile: string;

  constructor(
    readonly host: string,
    base: string,
  ) {
    this.directory = join(base, host);
    mkdirSync(this.directory);
    this.logFile = join(base, `${host}.log`);
  }

  start(configFile: string): void {
    const log = openSync(this.logFile, 'a');
    const pulse = [binaryPath('pulse'), '-n', '-c', configFile, '--director', 'memory'];
    const command = ['netns', 'exec', this.host, process.execPath, ...pulse, '--run-dir', this.directory];
    spawn('ip', command, { stdio: ['ignore', log, log], env: markedEnvironment(this.directory) });
    closeSync(log);
  }

  async pulse(): Promise<PulseStatus> {
    const client = await ControlClient.connect({ path: runDirectory(this.directory).pulseSocket });
    try {
      return (await client.call('status', {}, 1_000)) as PulseStatus;
    } finally {
      client.close();
    }
  }

  async events(): Promise<readonly string[]> {
    return (await this.pulse()).history.map(({ event }) => event);
  }

  /** How many lines of its log tell of an event. */
  told(event: string): number {
    return readFileSync(this.logFile, 'utf8').split(`[${event}]`).length - 1;
  }

  lastLines(): string {
    return `--- ${this.host}\n${readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-30).join('\n')}`;
  }
}

let hosts: TwoHosts;
let base: string;
let near: Node;
let far: Node;

function until<Value>(what: string, probe: () => Value | Promise<Value>) {
  return waitFor(what, probe, { details: () => `${near.lastLines()}\n${far.lastLines()}` });
}

function holders(): readonly Node[] {
  return [near, far].filter(({ host }) => hosts.ip(host, 'address', 'show', 'dev', 'eth0').includes(VIP));
}

/** Waits until one serves, the other one stands by, and they hear each other. */
const settled = () =>
  until('one active and one standby director', async () => {
    const statuses = await Promise.all([near.pulse(), far.pulse()]);
    const words = statuses.map(({ state, partner }) => `${state} ${partner}`).toSorted();
    return words.join() === 'active stopped,standby running';
  });

/** Loses every frame that comes to a host, ARP included. */
function deafen({ host }: Node): void {
  const rules = `add table netdev loss
add chain netdev loss frames { type filter hook ingress device eth0 priority 0; policy drop; }`;
  execFileSync('ip', ['netns', 'exec', host, 'nft', rules]);
}

function hear({ host }: Node): void {
  execFileSync('ip', ['netns', 'exec', host, 'nft', 'delete', 'table', 'netdev', 'loss']);
}

/** Gives up a neighbour after one question that nobody answers for a tenth of a second. */
function doubtQuickly({ host }: Node): void {
  const settings = { ucast_solicit: 1, mcast_solicit: 1, retrans_time_ms: 100 };
  const text = Object.entries(settings).map(([name, value]) => `echo ${value} >${name};`);
  const where = 'cd /proc/sys/net/ipv4/neigh/eth0';
  execFileSync('ip', ['netns', 'exec', host, 'sh', '-ec', `${where}; ${text.join(' ')}`]);
}

describe.skipIf(!canLose)('a pair of which one hears nothing (needs root and nft)', () => {
  beforeAll(async () => {
    hosts = new TwoHosts();
    base = mkdtempSync(join(tmpdir(), 'piranha-one-way-'));
    near = new Node(hosts.near, base);
    far = new Node(hosts.far, base);
    const configFile = join(base, 'lvs.cf');
    writeFileSync(configFile, CONFIGURATION);
    doubtQuickly(far);
    near.start(configFile);
    // Of two that boot together on a busy machine either one may be the first.
    await until('the active director', async () => (await near.pulse()).state === 'active');
    far.start(configFile);
    await settled();
    expect(holders()).toEqual([near]);
    // The partner's entry was looked at since it was heard.
    await pause(LATER_MS);
  });
  afterAll(async () => {
    await killAllOf(base);
    await hosts?.remove();
    rmSync(base, { recursive: true, force: true });
  });

  it('is heard by the other one all the same: that one releases, although it answers no ARP', async () => {
    deafen(far);
    try {
      // The kernel asks again who the partner is, and hears no answer either.
      hosts.ip(far.host, 'neighbour', 'change', NEAR, 'dev', 'eth0', 'nud', 'probe');
      await until('the release', () => near.told('PULSE_RELEASE_OBEYED') === 1);
      await until('one holder', () => holders().length === 1 && holders()[0] === far);
      expect(far.told('PULSE_NEIGHBOUR_KEPT')).toBe(1);
      expect(hosts.neighbour(far.host, NEAR)).toBe(hosts.mac(near.host));
      await pause(LATER_MS);
      expect(await near.events()).not.toContain('PULSE_PARTNER_LOST');
      expect((await near.pulse()).partner).toBe('running');
      expect(far.told('PULSE_NEIGHBOUR_KEPT')).toBe(1);
    } finally {
      hear(far);
    }
    await settled();
    expect(holders()).toEqual([far]);
  });

  it("does not hold up a partner's new machine", async () => {
    const other = '02:00:5e:10:00:01';
    deafen(far);
    try {
      hosts.ip(far.host, 'neighbour', 'change', NEAR, 'dev', 'eth0', 'nud', 'probe');
      await until('the entry', () => far.told('PULSE_NEIGHBOUR_KEPT') === 2);
      // As an ARP packet of the new machine would do.
      hosts.ip(far.host, 'neighbour', 'replace', NEAR, 'dev', 'eth0', 'lladdr', other, 'nud', 'stale');
      await pause(LATER_MS);
      expect(hosts.neighbour(far.host, NEAR)).toBe(other);
    } finally {
      hear(far);
    }
    // Nothing of far's arrived meanwhile: the machine at the other address is made up.
    hosts.ip(far.host, 'neighbour', 'flush', 'dev', 'eth0', 'nud', 'all');
    await settled();
  });

  it('leaves an entry alone that somebody set for good', async () => {
    hosts.ip(far.host, 'neighbour', 'replace', NEAR, 'dev', 'eth0', 'lladdr', hosts.mac(near.host));
    deafen(far);
    try {
      await until('the loss', async () => (await far.pulse()).partner === 'silent');
      await pause(LATER_MS);
      expect(hosts.ip(far.host, 'neighbour', 'show', NEAR)).toContain('PERMANENT');
      expect(far.told('PULSE_NEIGHBOUR_KEPT')).toBe(2);
      expect((await near.pulse()).partner).not.toBe('silent');
    } finally {
      hear(far);
    }
    await settled();
  });
});
