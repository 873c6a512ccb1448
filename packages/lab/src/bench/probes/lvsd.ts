import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { binaryPath, monotonicNowMs } from '@piranha/common';
import { askOnce, ControlClient, type LvsdAlive, type LvsdStatus, runDirectory } from '@piranha/protocol';
import { lvsCf, type ProbesShape } from './shape.js';

/** Until every first verdict is there, ms. */
const READY_LIMIT_MS = 180_000;

/** An lvsd that writes into a model, with the nannies that it starts. */
export class BenchLvsd {
  private readonly directory = mkdtempSync(join(tmpdir(), 'piranha-bench-'));
  private readonly startedAtMs = monotonicNowMs();
  private readonly child: ChildProcess;

  constructor(shape: ProbesShape, port: number) {
    const file = join(this.directory, 'lvs.cf');
    writeFileSync(file, lvsCf(shape, port));
    const args = ['-n', '-c', file, '--run-dir', this.directory, '--director', 'memory'];
    this.child = spawn(process.execPath, [binaryPath('lvsd'), ...args], { argv0: 'lvsd', stdio: 'ignore' });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  status(): Promise<LvsdStatus> {
    return askOnce(this.socket, 'status', 20_000) as Promise<LvsdStatus>;
  }

  /**
   * Time from its start until every server is up, ms. It tells how many are: asking would cost it time. That it is
   * ready is another matter: for a server that says nothing it waits three timeouts.
   */
  async ready(): Promise<number> {
    let isReady = false;
    let client: ControlClient | undefined;
    while (!isReady) {
      if (monotonicNowMs() - this.startedAtMs > READY_LIMIT_MS)
        throw new Error('no verdicts from the nannies');
      client ??= await ControlClient.connect({
        path: this.socket,
        onEvent: (event, data) => {
          if (event !== 'alive') return;
          const { serversUp, serversTotal } = data as LvsdAlive;
          isReady = serversUp === serversTotal;
        },
      }).catch(() => undefined);
      await wait(10);
    }
    client?.close();
    return monotonicNowMs() - this.startedAtMs;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.directory, { recursive: true, force: true });
  }

  private get socket(): string {
    return runDirectory(this.directory).lvsdSocket;
  }
}

/** Processor time that processes have used, s. */
export function processorSeconds(pids: readonly number[]): number {
  return pids.reduce((total, pid) => {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold blanks; times follow it, in hundredths of a second.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return total + (Number(fields[11]) + Number(fields[12])) / 100;
  }, 0);
}
