import { type ChildProcess, spawn } from 'node:child_process';
import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { monotonicNowMs, UserError } from '@piranha/common';
import {
  formatDiagnostic,
  type LvsConfiguration,
  loadConfiguration,
  type RealServerConfig,
} from '@piranha/config';
import { ControlServer, type LvsdStatus, type ServerStatus } from '@piranha/protocol';
import { DemoDirector } from './director.js';
import { endAllOf, markedEnvironment } from './processes.js';

/** The lvs.cf that the demo runs from. */
export const DEMO_CONFIGURATION = fileURLToPath(new URL('../../../../etc/samples/demo.cf', import.meta.url));

const WEB_SERVER = fileURLToPath(new URL('./web-server.js', import.meta.url));
const POLL_MS = 20;

/** Everything of the demo: two directors, their real servers, and the address that is served. */
export class Stage {
  private readonly webServers = new Map<string, ChildProcess>();

  private constructor(
    readonly configuration: LvsConfiguration,
    readonly directory: string,
    readonly directors: readonly [DemoDirector, DemoDirector],
    private readonly lock: ControlServer,
  ) {}

  /** Reads the configuration, ends what an earlier demo left, and makes the directories. */
  static async prepare(onLine: (director: string, line: string) => void): Promise<Stage> {
    const { configuration, diagnostics } = await loadConfiguration(DEMO_CONFIGURATION);
    if (configuration === undefined) {
      const lines = diagnostics.map((finding) => formatDiagnostic(DEMO_CONFIGURATION, finding));
      throw new UserError(lines.join('\n'), { code: 'DEMO_CONFIG' });
    }
    const directory = ownDirectory();
    const lock = await lockDirectory(directory);
    await endAllOf(directory);
    const director = (name: string, role: 'primary' | 'backup'): DemoDirector => {
      const path = join(directory, name);
      rmSync(path, { recursive: true, force: true });
      return new DemoDirector(name, role, path, DEMO_CONFIGURATION, (line) => onLine(name, line));
    };
    const stage = new Stage(
      configuration,
      directory,
      [director('a', 'primary'), director('b', 'backup')],
      lock,
    );
    await stage.requireFreeAddresses();
    return stage;
  }

  get vip(): { readonly address: string; readonly port: number } {
    const [service] = this.configuration.virtualServers;
    if (service?.address === undefined) throw new Error('the demo needs a virtual server with an address');
    return { address: service.address.address, port: service.port };
  }

  get servers(): readonly RealServerConfig[] {
    return this.configuration.virtualServers[0]?.servers ?? [];
  }

  start(): void {
    for (const { name } of this.servers) this.startServer(name);
    for (const director of this.directors) director.start();
  }

  startServer(name: string): void {
    const server = this.servers.find((other) => other.name === name);
    if (server === undefined || this.serverRuns(name)) return;
    const args = [WEB_SERVER, server.address, String(server.port), name];
    const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
    const env = markedEnvironment(this.directory);
    const child = spawn(process.execPath, args, { argv0: `web-${name}`, stdio: [...stdio], env });
    this.webServers.set(name, child);
  }

  /** SIGKILLs a web server; resolves when it is gone. */
  async killServer(name: string): Promise<void> {
    const child = this.webServers.get(name);
    if (child === undefined) return;
    this.webServers.delete(name);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (child.kill('SIGKILL')) await gone;
  }

  serverRuns(name: string): boolean {
    const child = this.webServers.get(name);
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** The director whose pulse says that it is active; undefined when none or both do. */
  async active(): Promise<DemoDirector | undefined> {
    const statuses = await Promise.all(this.directors.map((director) => director.pulseStatus()));
    const active = this.directors.filter((_, index) => statuses[index]?.active === true);
    return active.length === 1 ? active[0] : undefined;
  }

  partnerOf(director: DemoDirector): DemoDirector {
    return this.directors[0] === director ? this.directors[1] : this.directors[0];
  }

  /** Directors whose forwarder holds the VIP. */
  async holders(): Promise<readonly DemoDirector[]> {
    const held = await Promise.all(this.directors.map((director) => director.held()));
    return this.directors.filter((_, index) => held[index]?.includes(this.vip.address) === true);
  }

  /** Stops everything, the standby first so that no handover is needed, and leaves nothing behind. */
  async stop(): Promise<void> {
    const active = await this.active();
    const [first, second] = this.directors;
    const order = active === first ? [second, first] : [first, second];
    for (const director of order) await director.stop();
    for (const name of [...this.webServers.keys()]) await this.killServer(name);
    await endAllOf(this.directory);
    await this.lock.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async requireFreeAddresses(): Promise<void> {
    for (const { address, port } of this.servers) await requireFree(address, port);
    await requireSilent(this.vip.address, this.vip.port);
  }
}

/** What lvsd says of a server of the demo's one service. */
export function serverStatus(status: LvsdStatus | undefined, name: string): ServerStatus | undefined {
  return status?.services[0]?.servers.find((server) => server.name === name);
}

/**
 * Waits until `condition` gives something other than undefined or false.
 * @throws UserError `DEMO_TIMEOUT` after `limitMs`
 */
export async function until<T>(
  what: string,
  limitMs: number,
  condition: () => Promise<T | undefined | false>,
): Promise<T> {
  const endMs = monotonicNowMs() + limitMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (monotonicNowMs() > endMs) {
      throw new UserError(`gave up waiting: ${what} (${limitMs} ms)`, { code: 'DEMO_TIMEOUT' });
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** A directory that is ours alone: nobody else may have prepared it. */
function ownDirectory(): string {
  const directory = join(tmpdir(), `piranha-demo-${process.getuid?.() ?? 0}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(directory);
  if (uid !== process.getuid?.() || (mode & 0o077) !== 0 || !lstatSync(directory).isDirectory()) {
    throw new UserError(`${directory} is not a directory of this user alone`, {
      code: 'DEMO_DIRECTORY',
      hint: 'remove it',
    });
  }
  return directory;
}

/** A socket that only a living demo answers on: a second demo must not end the first one's directors. */
async function lockDirectory(directory: string): Promise<ControlServer> {
  try {
    return await ControlServer.listen({ path: join(directory, 'demo.sock'), methods: {} });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError('the demo is running already', {
      code: 'DEMO_RUNNING',
      hint: 'end it with q or Ctrl-C first',
    });
  }
}

function requireFree(address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', () => reject(inUse(address, port)));
    probe.listen(port, address, () => probe.close(() => resolve()));
  });
}

/** A listener of another user on the VIP would swallow what the directors serve. */
function requireSilent(address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createConnection({ host: address, port });
    probe.once('error', () => resolve());
    probe.once('connect', () => {
      probe.destroy();
      reject(inUse(address, port));
    });
  });
}

function inUse(address: string, port: number): UserError {
  return new UserError(`${address}:${port} is used by another program`, {
    code: 'DEMO_ADDRESS_IN_USE',
    hint: `end it, or change the addresses in ${DEMO_CONFIGURATION}`,
  });
}
