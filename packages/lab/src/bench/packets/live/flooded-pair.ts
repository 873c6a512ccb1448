import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaryPath, signalProcess } from '@piranha/common';
import { askOnce, type PulseStatus, runDirectory } from '@piranha/protocol';
import { loadBeatKeys, newBeatKeyLine } from '@piranha/protocol/beat';
import { endAllOf, markedEnvironment } from '../../../demo/processes.js';
import { until } from '../../../demo/stage.js';
import { type FloodLayout, floodConfiguration, floodLayout } from './layout.js';
import { Relay } from './relay.js';

const SETTLE_LIMIT_MS = 60_000;
const CALL_LIMIT_MS = 10_000;
/** Garbage is cleared away soon, so that memory that grows is memory that is kept; a worker that kept much would end. */
const SMALL_HEAP = '--max-semi-space-size=1 --max-old-space-size=24';
/** Enough of each side's beats to replay. */
const RECORDED = 6;
const ROLES = ['primary', 'backup'] as const;
export const SIDES = [0, 1] as const;
type Side = (typeof SIDES)[number];

/** Two directors as an operator starts them, without root, on loopback addresses, and somebody who records all between them. */
export class FloodedPair {
  readonly layout: FloodLayout = floodLayout();
  private readonly base = mkdtempSync(join(tmpdir(), 'piranha-flood-'));
  private readonly children: ChildProcess[] = [];
  private relay: Relay | undefined;

  /** @param hasKey false: the original's words are spoken */
  constructor(readonly hasKey: boolean) {}

  /** Starts both; returns when one serves and the other one stands by. */
  async start(): Promise<void> {
    this.relay = await Relay.open(this.layout.ends, this.layout.port);
    if (this.hasKey) writeFileSync(this.keyFile, `${newBeatKeyLine(1)}\n`, { mode: 0o600 });
    for (const side of SIDES) this.startDirector(side);
    await this.settled();
  }

  private startDirector(side: Side): void {
    const directory = this.directoryOf(side);
    mkdirSync(directory);
    const keyFile = this.hasKey ? this.keyFile : undefined;
    writeFileSync(`${directory}.cf`, floodConfiguration(this.layout, side, keyFile));
    const log = openSync(this.logFile(side), 'a');
    const args = ['-n', '-c', `${directory}.cf`, '--node', ROLES[side], '--run-dir', directory];
    // The channel ends the director with this process, whatever ends that.
    const child = spawn(process.execPath, [binaryPath('pulse'), ...args, '--director', 'userspace'], {
      argv0: 'pulse',
      stdio: ['ignore', log, log, 'ipc'],
      env: {
        ...markedEnvironment(directory),
        NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${SMALL_HEAP}`,
      },
    });
    this.children.push(child);
    closeSync(log);
  }

  /** Waits for one that serves, one that stands by, both ready, and beats of both that were recorded since. */
  async settled(): Promise<void> {
    await this.until('a pair that stands', async () => {
      const all = await Promise.all(SIDES.map((side) => this.status(side)));
      const isReady = all.some(
        ({ state, history }) => state === 'standby' && history.some(({ event }) => event === 'PULSE_READY'),
      );
      const hear = all.every(({ partner }) => partner !== 'silent');
      return isReady && hear && all.some(({ state }) => state === 'active');
    });
    await this.record();
  }

  /** Forgets what was recorded, and records anew. */
  async record(): Promise<void> {
    this.relay?.forget();
    await this.until('beats of both', async () =>
      SIDES.every((side) => this.sentBy(side).length >= RECORDED),
    );
  }

  /** Kills both workers: whatever was recorded until now is of earlier lives. */
  async beginNewLives(): Promise<void> {
    const before = await Promise.all(SIDES.map((side) => this.status(side)));
    for (const { pid } of before) signalProcess(pid, 'SIGKILL');
    await this.until('other workers', async () => {
      const all = await Promise.all(SIDES.map((side) => this.status(side)));
      return all.every(({ pid }, side) => pid !== before[side]?.pid);
    });
    await this.settled();
  }

  /** What was recorded of one director's beats. */
  sentBy(side: Side): readonly Buffer[] {
    return this.relay?.sentBy(side) ?? [];
  }

  get ring() {
    return loadBeatKeys(this.keyFile);
  }

  socketOf(side: Side): string {
    return runDirectory(this.directoryOf(side)).pulseSocket;
  }

  async status(side: Side): Promise<PulseStatus> {
    return (await askOnce(this.socketOf(side), 'status', CALL_LIMIT_MS)) as PulseStatus;
  }

  guardianPid(side: Side): number {
    return Number(readFileSync(runDirectory(this.directoryOf(side)).guardianPid, 'utf8'));
  }

  /** Event ids of all lines that a director's daemons have logged, in order. */
  logged(side: Side): readonly string[] {
    const text = readFileSync(this.logFile(side), 'utf8');
    return [...text.matchAll(/ \[([A-Z][A-Z_]+)\]/g)].map(([, id = '']) => id);
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    this.relay?.close();
    await endAllOf(this.base);
    rmSync(this.base, { recursive: true, force: true });
  }

  private until(what: string, condition: () => Promise<boolean>): Promise<boolean> {
    // A daemon that starts does not answer yet.
    return until(what, SETTLE_LIMIT_MS, () => condition().catch(() => false));
  }

  private get keyFile(): string {
    return join(this.base, 'beat.keys');
  }

  private directoryOf(side: Side): string {
    return join(this.base, ROLES[side]);
  }

  private logFile(side: Side): string {
    return join(this.base, `${ROLES[side]}.log`);
  }
}
