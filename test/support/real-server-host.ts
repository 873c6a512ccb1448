import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaryPath } from '@piranha/common';
import { vi } from 'vitest';
import { type HostProcess, TwoHosts } from './two-hosts.js';

const LIMIT_MS = 30_000;
const WAIT = { timeout: 20_000, interval: 20 };

/** Address of the real server, by which it is known. */
export const OWN = '10.77.0.1';
/** Address of the neighbour, who is client and director at once. */
const NEIGHBOUR = '10.77.0.2';
export const PORT = 8080;

/** In what surroundings the program runs; each left out is as usual. */
interface Surroundings {
  readonly input?: string;
  readonly path?: string;
  /** Shell text; mounts are seen by nobody else. */
  readonly before?: string;
  readonly starter?: readonly string[];
}

/** A real server, the near host, and a neighbour on its network. */
export class RealServerHost {
  readonly hosts = new TwoHosts();
  readonly directory = mkdtempSync(join(tmpdir(), 'real-server-'));
  readonly runDirectory = join(this.directory, 'run');
  readonly stateFile = join(this.runDirectory, 'state.json');

  /** lvs-realserver to its end, on the real server. */
  run(...words: readonly string[]) {
    return this.runWith({}, ...words);
  }

  /** As run(), with text on standard input, a PATH, shell text that goes first, or a program that starts it. */
  runWith(given: Surroundings, ...words: readonly string[]) {
    const program = [process.execPath, binaryPath('lvs-realserver'), ...words];
    const command = [...(given.starter ?? []), ...program, '--run-dir', this.runDirectory];
    const shell = ['sh', '-c', `${given.before ?? ':'}; exec "$@"`, 'sh'];
    const { status, stdout, stderr }: SpawnSyncReturns<string> = spawnSync(
      'ip',
      ['netns', 'exec', this.hosts.near, ...shell, ...command],
      {
        encoding: 'utf8',
        timeout: LIMIT_MS,
        input: given.input ?? '',
        env: { ...process.env, PATH: given.path ?? process.env.PATH },
      },
    );
    return { status, stdout, stderr, lines: stdout.trimEnd().split('\n') };
  }

  /** lvs-realserver on the real server, while it runs. */
  spawn(...words: readonly string[]): HostProcess {
    const command = [binaryPath('lvs-realserver'), ...words, '--run-dir', this.runDirectory];
    return this.hosts.spawn(this.hosts.near, process.execPath, ...command);
  }

  ip(words: string): string {
    return this.hosts.ip(this.hosts.near, ...words.split(' '));
  }

  /** Any program on the real server. */
  near(...command: readonly string[]): string {
    return execFileSync('ip', ['netns', 'exec', this.hosts.near, ...command], { encoding: 'utf8' });
  }

  sysctl(name: string, value: number): void {
    this.near('sysctl', '-qw', `${name}=${value}`);
  }

  /** Everything that lvs-realserver could change: links, addresses, routes, settings, rules. */
  snapshot(): unknown {
    const links = JSON.parse(this.ip('-j address')) as {
      ifname: string;
      flags: string[];
      addr_info: { local: string; valid_life_time?: unknown; preferred_life_time?: unknown }[];
    }[];
    const settings = this.near('sysctl', '-a', '--pattern', '^net[.]ipv[46][.](conf|neigh)').split('\n');
    return {
      links: links.map(({ ifname, flags, addr_info }) => ({
        ifname,
        // The others come with the carrier, at their own time.
        isUp: flags.includes('UP'),
        // Those of the link come and settle at their own time.
        addresses: addr_info.filter(({ local }) => !local.startsWith('fe80:')),
      })),
      routes: this.ip('-4 route show table all').split('\n'),
      settings: settings.filter((line) => !/stable_secret|ndisc_|_reachable_time/.test(line)),
      rules: this.near('nft', 'list', 'ruleset'),
    };
  }

  /** Which of the addresses are answered by ARP on the real server's network. */
  async arpAnswers(...addresses: readonly string[]): Promise<readonly string[]> {
    const { far } = this.hosts;
    const asking = this.hosts.spawn(
      far,
      process.execPath,
      'test/support/ask-arp.mjs',
      'eth0',
      OWN,
      ...addresses,
    );
    const status = await asking.ended;
    if (status !== 0) throw new Error(`ask-arp.mjs: ${status} ${asking.stderr()}`);
    return JSON.parse(asking.lines()[0] ?? '') as string[];
  }

  /** Writes down the ARP packets that reach the neighbour. */
  listenToArp(): Promise<HostProcess> {
    return this.hosts.script(this.hosts.far, 'arp-listener.mjs', 'eth0');
  }

  /** A server on all addresses of the real server. */
  async serve(): Promise<void> {
    const code = `require('net').createServer(() => undefined).listen(${PORT}, '::', () => console.log('ready'))`;
    const server = this.hosts.spawn(this.hosts.near, process.execPath, '-e', code);
    await vi.waitFor(() => {
      if (server.lines()[0] !== 'ready') throw new Error(server.stderr());
    }, WAIT);
  }

  /** The neighbour sends packets for a VIP as a director does: to the real server's hardware address. */
  directRouting(vip: string): void {
    const { near, far } = this.hosts;
    this.hosts.ip(far, 'route', 'replace', vip, 'dev', 'eth0');
    this.hosts.ip(
      far,
      'neigh',
      'replace',
      vip,
      'lladdr',
      this.hosts.mac(near),
      'dev',
      'eth0',
      'nud',
      'permanent',
    );
  }

  /** The neighbour sends packets for a VIP as a director does through a tunnel; answers come by themselves. */
  tunnelTo(vip: string): void {
    const { far } = this.hosts;
    for (const name of ['all', 'eth0']) {
      const word = `net.ipv4.conf.${name}.rp_filter=0`;
      execFileSync('ip', ['netns', 'exec', far, 'sysctl', '-qw', word]);
    }
    const tunnel = ['tunnel', 'add', 'out', 'mode', 'ipip', 'local', NEIGHBOUR, 'remote', OWN];
    this.hosts.ip(far, ...tunnel);
    this.hosts.ip(far, 'link', 'set', 'out', 'up');
    this.hosts.ip(far, 'route', 'replace', vip, 'dev', 'out', 'src', NEIGHBOUR);
  }

  /** The neighbour asks the network where a VIP is, as every client there would. */
  askTheNetwork(vip: string): void {
    const { far } = this.hosts;
    this.hosts.ip(far, 'route', 'replace', vip, 'dev', 'eth0');
    this.hosts.ip(far, 'neigh', 'flush', 'to', vip, 'nud', 'permanent');
    this.hosts.ip(far, 'neigh', 'flush', 'to', vip);
  }

  /** What the neighbour gets when it connects to the service at an address, and the open connection. */
  async connect(address: string): Promise<{ readonly answer: string; readonly process: HostProcess }> {
    const { far } = this.hosts;
    const process_ = this.hosts.spawn(far, process.execPath, 'test/support/connect.mjs', address, `${PORT}`);
    const answer = await vi.waitFor(() => {
      const [line] = process_.lines();
      if (line === undefined) throw new Error(`no answer: ${process_.stderr()}`);
      return line;
    }, WAIT);
    return { answer, process: process_ };
  }

  /** The segment size with which the neighbour sends to an address, bytes. */
  segmentBytes(address: string): number {
    const text = execFileSync('ip', ['netns', 'exec', this.hosts.far, 'ss', '-tin', 'dst', address], {
      encoding: 'utf8',
    });
    return Number(/\bmss:(\d+)/.exec(text)?.[1]);
  }

  async remove(): Promise<void> {
    await this.hosts.remove();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
