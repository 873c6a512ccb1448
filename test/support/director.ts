import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { binaryPath } from '@piranha/common';
import {
  ControlClient,
  type LvsdStatus,
  type NodeRole,
  type PulseStatus,
  type RunDirectory,
  runDirectory,
  type VipAnswer,
} from '@piranha/protocol';
import { killAllOf, markedEnvironment, processesOf, type RunningProcess } from './processes.js';
import { type ProgramEnd, runProgram } from './run-program.js';
import { waitFor } from './wait.js';

const LOG_LINES = 25;

/** One director of a pair, started as an operator would: `pulse -n`. */
export class Director {
  readonly files: RunDirectory;
  readonly logFile: string;
  private child: ChildProcess | undefined;

  constructor(
    readonly role: NodeRole,
    base: string,
    private readonly configFile: string,
    /** Path of a program; the suite's own unless a copy of it is tried. */
    private readonly programPath: (name: 'pulse') => string = binaryPath,
  ) {
    const directory = join(base, role);
    mkdirSync(directory);
    this.files = runDirectory(directory);
    this.logFile = join(base, `${role}.log`);
  }

  /** Starts the guardian, and with it everything else. */
  start(...more: readonly string[]): void {
    const log = openSync(this.logFile, 'a');
    const { directory } = this.files;
    const args = ['-n', '-c', this.configFile, '--node', this.role, '--director', 'userspace'];
    this.child = spawn(
      process.execPath,
      [this.programPath('pulse'), ...args, '--run-dir', directory, ...more],
      {
        argv0: 'pulse',
        // The channel ends the director with this process, whatever ends that.
        stdio: ['ignore', log, log, 'ipc'],
        env: markedEnvironment(directory),
      },
    );
    closeSync(log);
  }

  /** Exit status or signal of the guardian that start() started. */
  async ended(): Promise<number | string> {
    const { child } = this;
    if (child === undefined) throw new Error(`${this.role} was never started`);
    if (child.exitCode === null && child.signalCode === null) {
      await new Promise((resolve) => child.once('exit', resolve));
    }
    return child.exitCode ?? String(child.signalCode);
  }

  pulse(): Promise<PulseStatus> {
    return this.call(this.files.pulseSocket, 'status') as Promise<PulseStatus>;
  }

  /** Events of its pulse's history, oldest first. */
  async events(): Promise<readonly string[]> {
    return (await this.pulse()).history.map(({ event }) => event);
  }

  /** Runs lvsctl as an operator on this director. */
  lvsctl(...words: readonly string[]): Promise<ProgramEnd> {
    const { directory } = this.files;
    return runProgram('lvsctl', [...words, '--run-dir', directory], directory);
  }

  lvsd(): Promise<LvsdStatus> {
    return this.call(this.files.lvsdSocket, 'status') as Promise<LvsdStatus>;
  }

  /** Virtual addresses that its ipvsu holds; none when it does not run. */
  async heldAddresses(): Promise<readonly string[]> {
    try {
      return ((await this.call(this.files.ipvsuSocket, 'vip.list')) as VipAnswer).held;
    } catch {
      return [];
    }
  }

  /** Pid of the guardian that answers on the guardian's socket now. */
  async guardianPid(): Promise<number> {
    let heard: number | undefined;
    const client = await ControlClient.connect({
      path: this.files.guardianSocket,
      onEvent: (event, data) => {
        if (event === 'alive') heard = (data as { pid: number }).pid;
      },
    });
    try {
      return await waitFor('a sign of life of the guardian', () => heard, { limitMs: 1_000 });
    } finally {
      client.close();
    }
  }

  /** Calls a method of one of its sockets on a connection of its own. */
  async call(path: string, method: string, limitMs = 1_000): Promise<unknown> {
    const client = await ControlClient.connect({ path });
    try {
      return await client.call(method, {}, limitMs);
    } finally {
      client.close();
    }
  }

  processes(): RunningProcess[] {
    return processesOf(this.files.directory);
  }

  /** SIGKILL for all of it: what a dead machine looks like. */
  async crash(): Promise<void> {
    await killAllOf(this.files.directory);
  }

  /** The newest log lines, for a failure text. */
  lastLines(): string {
    let text = '';
    try {
      text = readFileSync(this.logFile, 'utf8');
    } catch {
      // Never started.
    }
    return `--- ${this.role}, last lines\n${text.trimEnd().split('\n').slice(-LOG_LINES).join('\n')}`;
  }
}
