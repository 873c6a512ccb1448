import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { binaryPath, isAlive, monotonicNowMs, signalProcess } from '@piranha/common';
import {
  askOnce,
  type LvsdStatus,
  type NodeRole,
  type PulseStatus,
  runDirectory,
  type VipAnswer,
} from '@piranha/protocol';
import { endAllOf, markedEnvironment, processesOf } from './processes.js';

const STOP_LIMIT_MS = 20_000;
const CALL_LIMIT_MS = 2_000;

/** One director of the demo pair: its processes and its sockets. */
export class DemoDirector {
  private guardian: ChildProcess | undefined;

  constructor(
    readonly name: string,
    readonly role: NodeRole,
    readonly directory: string,
    private readonly configFile: string,
    private readonly onLine: (line: string) => void,
  ) {}

  start(): void {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    const args = ['-n', '-c', this.configFile, '--node', this.role, '--director', 'userspace'];
    const child = spawn(process.execPath, [binaryPath('pulse'), ...args, '--run-dir', this.directory], {
      argv0: 'pulse',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: markedEnvironment(this.directory),
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', this.onLine);
    }
    this.guardian = child;
  }

  /** SIGKILLs every process of this director at once; resolves when none is left. */
  kill(): Promise<void> {
    return endAllOf(this.directory);
  }

  get isUp(): boolean {
    return this.pids().length > 0;
  }

  pids(): readonly number[] {
    return processesOf(this.directory);
  }

  /** A clean stop: hands over if there is a partner. What does not stop in time is killed. */
  async stop(): Promise<void> {
    const pid = this.guardian?.pid;
    if (pid !== undefined && isAlive(pid)) signalProcess(pid, 'SIGTERM');
    const limitMs = monotonicNowMs() + STOP_LIMIT_MS;
    while (this.pids().length > 0 && monotonicNowMs() < limitMs && pid !== undefined && isAlive(pid)) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  pulseStatus(): Promise<PulseStatus | undefined> {
    return this.ask<PulseStatus>(runDirectory(this.directory).pulseSocket, 'status');
  }

  lvsdStatus(): Promise<LvsdStatus | undefined> {
    return this.ask<LvsdStatus>(runDirectory(this.directory).lvsdSocket, 'status');
  }

  /** VIPs that this director's forwarder holds; undefined when it does not answer. */
  async held(): Promise<readonly string[] | undefined> {
    const answer = await this.ask<VipAnswer>(runDirectory(this.directory).ipvsuSocket, 'vip.list');
    return answer?.held;
  }

  /** Hands over; undefined when pulse cannot be asked. */
  handover(): Promise<
    { readonly ok: boolean; readonly text: string; readonly durationMs: number } | undefined
  > {
    return this.ask(runDirectory(this.directory).pulseSocket, 'handover', 30_000);
  }

  private async ask<T>(path: string, method: string, limitMs = CALL_LIMIT_MS): Promise<T | undefined> {
    try {
      return (await askOnce(path, method, limitMs)) as T;
    } catch {
      return undefined;
    }
  }
}
