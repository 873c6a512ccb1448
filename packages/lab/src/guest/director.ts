import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { binaryPath, signalProcess } from '@piranha/common';
import { askOnce, type LvsdStatus, type PulseStatus, runDirectory } from '@piranha/protocol';
import { endAllOf, markedEnvironment, processesOf } from '../demo/processes.js';
import { isLocalAddress } from './local-address.js';
import type { Namespace } from './namespace.js';
import { until } from './requests.js';

const CALL_LIMIT_MS = 5_000;
const STOP_LIMIT_MS = 60_000;
const LAST_LINES = 40;
/** Of the daemons: the driver plays every other host, and must be able to while two directors start. */
const NICENESS = 5;
const SHOW_ADDRESSES = ['ip', '-br', 'addr', 'show'] as const;

export type DirectorName = 'alpha' | 'beta' | 'gamma';

/** One director of the lab: a pulse with everything that belongs to it, in a namespace of its own. */
export class Director {
  readonly directory: string;
  private readonly logFile: string;

  constructor(
    readonly name: DirectorName,
    readonly host: Namespace,
    private readonly configFile: string,
    private readonly words: readonly string[] = ['--director', 'kernel'],
  ) {
    this.directory = `/run/lab/${name}`;
    this.logFile = `/run/lab/${name}.log`;
    mkdirSync(this.directory, { recursive: true, mode: 0o750 });
  }

  /** Starts pulse in the foreground, its lines going to a file. */
  start(...more: readonly string[]): void {
    const log = openSync(this.logFile, 'a');
    const args = [
      binaryPath('pulse'),
      '-n',
      '-c',
      this.configFile,
      '--run-dir',
      this.directory,
      ...this.words,
    ];
    const { pid } = this.host.spawn(process.execPath, [...args, ...more], {
      argv0: 'pulse',
      stdio: ['ignore', log, log],
      env: this.environment(),
    });
    if (pid !== undefined) setPriority(pid, NICENESS);
    closeSync(log);
  }

  /** Stops pulse in order. */
  async stop(): Promise<void> {
    // The guardian that was started may have been replaced since.
    signalProcess(Number(readFileSync(runDirectory(this.directory).guardianPid, 'utf8')), 'SIGTERM');
    await until(`the end of ${this.name}`, () => this.pids().length === 0, STOP_LIMIT_MS);
  }

  /** Every process of this director ends at once, as when its machine loses power; the kernel's state stays. */
  kill(): Promise<void> {
    return endAllOf(this.directory);
  }

  /** Stops or continues every process at once. */
  signalAll(signal: 'SIGSTOP' | 'SIGCONT'): void {
    for (const pid of this.pids()) signalProcess(pid, signal);
  }

  pids(): readonly number[] {
    return processesOf(this.directory);
  }

  pulse(): Promise<PulseStatus> {
    return this.ask<PulseStatus>(runDirectory(this.directory).pulseSocket, 'status');
  }

  lvsd(): Promise<LvsdStatus> {
    return this.ask<LvsdStatus>(runDirectory(this.directory).lvsdSocket, 'status');
  }

  handover(): Promise<{ readonly ok: boolean; readonly text: string; readonly durationMs: number }> {
    return this.ask(runDirectory(this.directory).pulseSocket, 'handover', 60_000);
  }

  reload(): Promise<{
    readonly ok: boolean;
    readonly diagnostics: readonly string[];
    readonly operations: readonly string[];
  }> {
    return this.ask(runDirectory(this.directory).pulseSocket, 'reload', 60_000);
  }

  /** What lvsctl prints on this director with `--json`, whatever its exit status. */
  lvsctl(...words: readonly string[]): Promise<string> {
    const args = [binaryPath('lvsctl'), '--json', '--run-dir', this.directory, ...words];
    return this.host.output(process.execPath, args, this.environment());
  }

  /** The kernel's table, in `ipvsadm -Sn` lines. */
  table(): readonly string[] {
    return this.host
      .exec('ipvsadm', '-Sn')
      .split('\n')
      .filter((line) => line !== '');
  }

  /** As table, while the driver goes on playing the other hosts. */
  async tableNow(): Promise<readonly string[]> {
    return (await this.host.command('ipvsadm', '-Sn')).split('\n').filter((line) => line !== '');
  }

  /** Addresses of every interface, `eth0 10.0.0.2/24`, sorted. */
  addresses(): readonly string[] {
    return readAddresses(this.host.exec(...SHOW_ADDRESSES));
  }

  /** As addresses, while the driver goes on playing the other hosts. */
  async addressesNow(): Promise<readonly string[]> {
    return readAddresses(await this.host.command(...SHOW_ADDRESSES));
  }

  holds(address: string): boolean {
    return this.host.run(() => isLocalAddress(address));
  }

  lastLines(): string {
    // The latter two are those of a director that its init script has started again.
    const files = [this.logFile, `${this.directory}/pulse.log`, `${this.directory}/lvsd.log`];
    const texts = files.map((file) => {
      try {
        return readFileSync(file, 'utf8');
      } catch {
        return '';
      }
    });
    const lines = texts.flatMap((text) => text.trimEnd().split('\n').slice(-LAST_LINES));
    return lines.map((line) => `${this.name} ${line}`).join('\n');
  }

  /** For whatever is started on this director. */
  environment(): NodeJS.ProcessEnv {
    return {
      ...markedEnvironment(this.directory),
      // A process start takes a second here, and all share one slow processor.
      PIRANHA_PATIENCE: '10',
      XTABLES_LOCKFILE: `${this.directory}/xtables.lock`,
    };
  }

  private async ask<T>(path: string, method: string, limitMs = CALL_LIMIT_MS): Promise<T> {
    return (await askOnce(path, method, limitMs)) as T;
  }
}

function readAddresses(text: string): readonly string[] {
  const lines = text.split('\n').flatMap((line) => {
    const [device = '', , ...found] = line.split(/\s+/).filter((word) => word !== '');
    return found.filter((word) => word.includes('/')).map((address) => `${device.split('@')[0]} ${address}`);
  });
  return lines.sort();
}

/** A command of lvsctl that runs on a director until it is interrupted. */
export class LvsctlRun {
  /** What it has printed so far. */
  text = '';
  /** Its exit status, when it has ended. */
  readonly ended: Promise<number | null>;
  private readonly pid: number;

  constructor(director: Director, ...words: readonly string[]) {
    const args = [binaryPath('lvsctl'), '--run-dir', director.directory, ...words];
    const child = director.host.spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: director.environment(),
    });
    this.pid = child.pid ?? 0;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.text += text;
    });
    this.ended = new Promise((resolve) => child.once('close', resolve));
  }

  /** As Ctrl-C; its exit status. */
  interrupt(): Promise<number | null> {
    signalProcess(this.pid, 'SIGINT');
    return this.ended;
  }
}
