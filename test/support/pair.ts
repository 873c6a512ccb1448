import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PulseStatus } from '@piranha/protocol';
import { Director } from './director.js';
import {
  type ConfigurationChanges,
  type PairLayout,
  pairConfiguration,
  randomLayout,
} from './pair-configuration.js';
import { killAllOf } from './processes.js';
import { request, Traffic } from './traffic.js';
import { type WaitOptions, waitFor } from './wait.js';

const HTTP_SERVER = fileURLToPath(new URL('http-server.mjs', import.meta.url));

/** Two directors and three small servers on loopback addresses of their own. */
export class Pair {
  readonly layout: PairLayout = randomLayout();
  readonly primary: Director;
  readonly backup: Director;
  readonly configFile: string;
  /** The backup's, which is the same file unless they are separate. */
  readonly backupFile: string;
  private readonly base = mkdtempSync(join(tmpdir(), 'piranha-pair-'));
  private readonly servers: ChildProcess[] = [];
  private streams: Traffic[] = [];

  /** @param programPath where another copy of the suite has its programs */
  constructor(changes: ConfigurationChanges = {}, programPath?: (name: 'pulse') => string) {
    this.configFile = join(this.base, 'lvs.cf');
    writeFileSync(this.configFile, pairConfiguration(this.layout, changes));
    this.backupFile = changes.separateFiles === true ? join(this.base, 'backup.cf') : this.configFile;
    if (changes.separateFiles === true) copyFileSync(this.configFile, this.backupFile);
    this.primary = new Director('primary', this.base, this.configFile, programPath);
    this.backup = new Director('backup', this.base, this.backupFile, programPath);
  }

  /** The servers, then both directors; returns when one serves, the other stands by and both know every server. */
  async start(): Promise<void> {
    await this.startServers();
    this.primary.start();
    this.backup.start();
    await this.settled();
  }

  /** As `start`, but the primary serves before the backup begins: of two that boot together either one may be the first. */
  async startInTurn(): Promise<void> {
    await this.startServers();
    this.primary.start();
    await this.waitFor('the active primary', async () => (await this.primary.pulse()).active);
    this.backup.start();
    await this.settled();
  }

  async startServers(): Promise<void> {
    for (const index of this.layout.servers.keys()) await this.startServer(index);
  }

  /** Starts a director again that a failed test left without any process. */
  revive(): void {
    for (const director of [this.primary, this.backup]) {
      if (director.processes().length === 0) director.start();
    }
  }

  /** A server of `layout.servers`. */
  async startServer(index: number): Promise<void> {
    const host = this.layout.servers[index] ?? '';
    const server = fork(HTTP_SERVER, [host, String(this.layout.serverPort), `server-${index}`]);
    this.servers[index] = server;
    await once(server, 'message');
  }

  async stopServer(index: number): Promise<void> {
    const server = this.servers[index];
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  }

  /** Waits until one serves, the other stands by, and both see every server up. */
  settled(): Promise<{ readonly active: Director; readonly standby: Director }> {
    return this.waitFor('one active and one ready standby director', async () => {
      const [primary, backup] = await Promise.all([this.primary.pulse(), this.backup.pulse()]);
      if (primary.state === backup.state) return undefined;
      if (![primary, backup].every(({ state }) => state === 'active' || state === 'standby'))
        return undefined;
      // Both must have heard of the other: else the next fault would find a half-blind pair.
      if (![primary, backup].every(({ partner }) => partner === 'running' || partner === 'stopped'))
        return undefined;
      if (![primary, backup].every(knowsItsPartner)) return undefined;
      for (const director of [this.primary, this.backup]) {
        const { ready, tableInSync, services } = await director.lvsd();
        const servers = services.flatMap((service) => service.servers);
        if (!ready || !tableInSync || !servers.every(({ health }) => health === 'up')) return undefined;
      }
      await request(this.target);
      return primary.active
        ? { active: this.primary, standby: this.backup }
        : { active: this.backup, standby: this.primary };
    });
  }

  /** Directors whose ipvsu holds the VIP. */
  async holders(vip: string = this.layout.vip): Promise<string[]> {
    const holders: string[] = [];
    for (const director of [this.primary, this.backup]) {
      if ((await director.heldAddresses()).includes(vip)) holders.push(director.role);
    }
    return holders;
  }

  /** Begins steady requests through the VIP. */
  traffic(retryRefused = false, host = this.layout.vip): Traffic {
    const stream = new Traffic({ ...this.target, host, retryRefused });
    this.streams.push(stream);
    return stream;
  }

  waitFor<Value>(what: string, probe: () => Value | Promise<Value>, options: WaitOptions = {}) {
    return waitFor(what, probe, { details: () => this.lastLines(), ...options });
  }

  /** The end of both logs, for failure texts. */
  lastLines(): string {
    return `${this.primary.lastLines()}\n${this.backup.lastLines()}`;
  }

  /** Ends all steady requests. */
  async stopTraffic(): Promise<void> {
    await Promise.all(this.streams.map((stream) => stream.stop()));
    this.streams = [];
  }

  /** Ends everything, whatever state a failed test left. */
  async stop(): Promise<void> {
    await this.stopTraffic();
    await killAllOf(this.base);
    for (const index of this.servers.keys()) await this.stopServer(index);
    rmSync(this.base, { recursive: true, force: true });
  }

  private get target(): { readonly host: string; readonly port: number } {
    return { host: this.layout.vip, port: this.layout.vipPort };
  }
}

/** True where the partner itself said that it is ready, or cannot say so. */
function knowsItsPartner({ heartbeat }: PulseStatus): boolean {
  if (heartbeat === undefined || heartbeat.protocol === 'words') return true;
  const { firstVerdicts = false, serversUp = 0, serversTotal = 0 } = heartbeat.partner?.readiness ?? {};
  return firstVerdicts && serversUp === serversTotal;
}
