import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binaryPath } from '@piranha/common';
import {
  ControlClient,
  type PulseStatus,
  type RunDirectory,
  runDirectory,
  type VipAnswer,
} from '@piranha/protocol';
import { newBeatKeyLine } from '@piranha/protocol/beat';
import { randomLayout } from './pair-configuration.js';
import { killAllOf, markedEnvironment } from './processes.js';
import { type ProgramEnd, runProgram } from './run-program.js';
import { waitFor } from './wait.js';

const HTTP_SERVER = fileURLToPath(new URL('http-server.mjs', import.meta.url));
const LOG_LINES = 25;

/** One of several directors, started as an operator would: `pulse -n --name NAME`. */
export class NamedDirector {
  readonly files: RunDirectory;
  readonly logFile: string;

  constructor(
    readonly name: string,
    base: string,
    private readonly configFile: string,
  ) {
    const directory = join(base, name);
    mkdirSync(directory);
    this.files = runDirectory(directory);
    this.logFile = join(base, `${name}.log`);
  }

  start(): void {
    const log = openSync(this.logFile, 'a');
    const { directory } = this.files;
    const args = ['-n', '-c', this.configFile, '--name', this.name, '--director', 'userspace'];
    spawn(process.execPath, [binaryPath('pulse'), ...args, '--run-dir', directory], {
      argv0: 'pulse',
      stdio: ['ignore', log, log, 'ipc'],
      env: markedEnvironment(directory),
    });
    closeSync(log);
  }

  /** SIGKILL for all of it, the guardian too: what a dead machine looks like. */
  crash(): Promise<void> {
    return killAllOf(this.files.directory);
  }

  pulse(): Promise<PulseStatus> {
    return this.call(this.files.pulseSocket, 'status') as Promise<PulseStatus>;
  }

  lvsctl(...words: readonly string[]): Promise<ProgramEnd> {
    const { directory } = this.files;
    return runProgram('lvsctl', [...words, '--run-dir', directory], directory);
  }

  async heldAddresses(): Promise<readonly string[]> {
    try {
      return ((await this.call(this.files.ipvsuSocket, 'vip.list')) as VipAnswer).held;
    } catch {
      return [];
    }
  }

  log(): string {
    try {
      return readFileSync(this.logFile, 'utf8');
    } catch {
      return '';
    }
  }

  private async call(path: string, method: string): Promise<unknown> {
    const client = await ControlClient.connect({ path });
    try {
      return await client.call(method, {}, 1_000);
    } finally {
      client.close();
    }
  }
}

/** Several directors and a small server on loopback addresses of their own. */
export class DirectorGroup {
  readonly layout = randomLayout();
  readonly configFile: string;
  readonly directors: readonly NamedDirector[];
  private readonly base = mkdtempSync(join(tmpdir(), 'piranha-group-'));
  private server: ChildProcess | undefined;

  constructor(names: readonly string[]) {
    const keyFile = join(this.base, 'beat.keys');
    writeFileSync(keyFile, `${newBeatKeyLine(1)}\n`, { mode: 0o600 });
    this.configFile = join(this.base, 'lvs.cf');
    writeFileSync(this.configFile, this.configuration(names, keyFile));
    this.directors = names.map((name) => new NamedDirector(name, this.base, this.configFile));
  }

  director(name: string): NamedDirector {
    const found = this.directors.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  }

  async start(): Promise<void> {
    const { servers, serverPort } = this.layout;
    this.server = fork(HTTP_SERVER, [servers[0] ?? '', String(serverPort), 'server-0']);
    await once(this.server, 'message');
    for (const director of this.directors) director.start();
  }

  /** Names of those whose ipvsu holds the VIP. */
  async holders(): Promise<readonly string[]> {
    const held = await Promise.all(this.directors.map((director) => director.heldAddresses()));
    return this.directors
      .filter((_, index) => held[index]?.includes(this.layout.vip))
      .map(({ name }) => name);
  }

  /** Waits until this one alone holds, and these others stand by, all knowing of each other. */
  settled(holder: string, ...standbys: readonly string[]): Promise<boolean> {
    return this.waitFor(`${holder} serves, ${standbys.join(' and ')} ready`, async () => {
      if ((await this.holders()).join() !== holder) return undefined;
      for (const name of [holder, ...standbys]) {
        const { state, directors = [], readiness } = await this.director(name).pulse();
        const living = directors.filter(({ life }) => life === 'alive');
        if (state !== (name === holder ? 'active' : 'standby')) return undefined;
        if (living.length !== standbys.length || readiness?.ready !== true) return undefined;
        if (directors.some(({ life }) => life === 'unknown')) return undefined;
        if (living.some(({ ready }) => ready !== true)) return undefined;
      }
      return true;
    });
  }

  waitFor<Value>(what: string, probe: () => Value | Promise<Value>): Promise<NonNullable<Value>> {
    return waitFor(what, probe, { details: () => this.lastLines() }) as Promise<NonNullable<Value>>;
  }

  async stop(): Promise<void> {
    await killAllOf(this.base);
    this.server?.kill('SIGKILL');
    rmSync(this.base, { recursive: true, force: true });
  }

  private lastLines(): string {
    return this.directors
      .map(
        (director) =>
          `--- ${director.name}\n${director.log().trimEnd().split('\n').slice(-LOG_LINES).join('\n')}`,
      )
      .join('\n');
  }

  private configuration(names: readonly string[], keyFile: string): string {
    const { layout } = this;
    const network = layout.primary.slice(0, layout.primary.lastIndexOf('.'));
    const blocks = names.map(
      (name, index) =>
        `director ${name} {\n  public = ${network}.${index + 2}\n  private = ${network}.${index + 12}\n}\n`,
    );
    return `service = lvs
heartbeat_port = ${layout.heartbeatPort}
keepalive = 0.25
deadtime = 1
heartbeat_key = ${keyFile}
network = nat
${blocks.join('')}virtual www {
  active = 1
  address = ${layout.vip} lo:1
  port = ${layout.vipPort}
  send = "GET / HTTP/1.0\\r\\n\\r\\n"
  expect = "HTTP"
  scheduler = rr
  protocol = tcp
  timeout = 0.5
  reentry = 1
  server s0 {
    address = ${layout.servers[0]}
    active = 1
    port = ${layout.serverPort}
    weight = 1
  }
}
`;
  }
}
