import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { binaryPath, monotonicNowMs } from '@piranha/common';
import { askOnce, ControlClient, type LvsdAlive, type LvsdStatus, runDirectory } from '@piranha/protocol';

/** Until every first verdict is there, ms. */
const READY_LIMIT_MS = 180_000;

/** In memory, as /run is: on a disk lvsd would wait for it whenever it owns something else. */
const RUN_DIRECTORIES = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** An lvsd with the nannies that it starts. */
export class BenchLvsd {
  readonly directory = mkdtempSync(join(RUN_DIRECTORIES, 'piranha-bench-'));
  private readonly log = join(this.directory, 'log');
  private readonly startedAtMs = monotonicNowMs();
  private readonly child: ChildProcess;

  /** @param text its lvs.cf. With `memory` it writes into a model. */
  constructor(text: string, director: 'memory' | 'userspace' | 'kernel') {
    const file = join(this.directory, 'lvs.cf');
    writeFileSync(file, text);
    const args = ['-n', '-c', file, '--run-dir', this.directory, '--director', director];
    this.child = spawn(process.execPath, [binaryPath('lvsd'), ...args], {
      argv0: 'lvsd',
      stdio: ['ignore', openSync(this.log, 'a'), 'ignore'],
    });
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
  async ready(limitMs = READY_LIMIT_MS): Promise<number> {
    let isReady = false;
    let client: ControlClient | undefined;
    while (!isReady) {
      if (monotonicNowMs() - this.startedAtMs > limitMs)
        throw new Error(`no verdicts from the nannies:\n${readFileSync(this.log, 'utf8').slice(-2_000)}`);
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
