import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { binaryPath, monotonicNowMs, patient, UserError } from '@piranha/common';
import { readTableValue, type Table } from '@piranha/ipvs';
import {
  askOnce,
  type LvsdStatus,
  runDirectory,
  SERVER_ORDERS_FILE,
  stateDirectoryOf,
} from '@piranha/protocol';
import { lvsdStatusSchema } from '@piranha/protocol/schemas';

const START_LIMIT_MS = patient(20_000);
const STOP_LIMIT_MS = patient(5_000);
const CALL_LIMIT_MS = patient(5_000);
const POLL_MS = 50;
/** What is kept of the words of a lvsd that did not start. */
const OUTPUT_LIMIT_CHARACTERS = 4_096;

/** What Piranha would do with the table, and why. */
export interface ShadowView {
  readonly table: Table;
  readonly status: LvsdStatus;
}

/**
 * A lvsd with all its nannies that writes into a model instead of the kernel: it probes every server and touches
 * nothing. It ends with this process, whatever ends that.
 */
export class ShadowDirector {
  private output = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
  ) {
    const keep = (text: string): void => {
      this.output = (this.output + text).slice(-OUTPUT_LIMIT_CHARACTERS);
    };
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', keep);
  }

  /**
   * @param stateDirectory whose orders about servers count in the model too
   * @throws UserError `SHADOW_NOT_STARTED` when lvsd does not answer in 20 s
   */
  static async start(configFile: string, stateDirectory: string): Promise<ShadowDirector> {
    const directory = mkdtempSync(join(tmpdir(), 'lvs-shadow-'));
    takeOrders(stateDirectory, directory);
    const words = ['-n', '-c', configFile, '--director', 'memory', '--run-dir', directory];
    const child = spawn(process.execPath, [binaryPath('lvsd'), ...words], {
      argv0: 'lvsd',
      // Ctrl-C is for lvsctl alone, which still wants to ask.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const shadow = new ShadowDirector(child, directory);
    try {
      await shadow.answers();
      return shadow;
    } catch (error) {
      await shadow.stop();
      throw error;
    }
  }

  /** @throws UserError `CONTROL_UNREACHABLE` or `CONTROL_TIMEOUT` when lvsd is gone or hangs */
  async look(): Promise<ShadowView> {
    const { lvsdSocket } = runDirectory(this.directory);
    const status = lvsdStatusSchema.parse(await askOnce(lvsdSocket, 'status', CALL_LIMIT_MS));
    const answer = (await askOnce(lvsdSocket, 'table', CALL_LIMIT_MS)) as { readonly table?: unknown };
    return { status, table: readTableValue(answer.table) };
  }

  /** Ends lvsd and its nannies, and removes its files. */
  async stop(): Promise<void> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(timer);
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async answers(): Promise<void> {
    const deadlineMs = monotonicNowMs() + START_LIMIT_MS;
    while (monotonicNowMs() < deadlineMs && this.child.exitCode === null) {
      await wait(POLL_MS);
      try {
        await this.look();
        return;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    }
    const said = this.output.trim().split('\n').at(-1) ?? '';
    throw new UserError(`the shadow lvsd did not start: ${said || 'no answer in time'}`, {
      code: 'SHADOW_NOT_STARTED',
      hint: 'lvsctl check says whether the file is sound',
    });
  }
}

/** A copy: the shadow must not write where a director of ours may be at work. Without orders there is none. */
function takeOrders(stateDirectory: string, directory: string): void {
  const own = stateDirectoryOf(directory);
  mkdirSync(own, { mode: 0o700 });
  try {
    copyFileSync(join(stateDirectory, SERVER_ORDERS_FILE), join(own, SERVER_ORDERS_FILE));
  } catch {
    // Nobody ordered anything.
  }
}
