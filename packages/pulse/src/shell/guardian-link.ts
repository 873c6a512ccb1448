import { spawn } from 'node:child_process';
import { binaryPath, livingPid, monotonicNowMs, patient, signalProcess } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import { ControlClient, type PulseAlive, type RunDirectory, type StoodIn } from '@piranha/protocol';
import { z } from 'zod';
import { REPLACE_GUARDIAN_MS, REPORT_MS } from '../core/process-times.js';
import { FORCE_ACTIVE } from '../options.js';
import { Ticker } from './ticker.js';

/** A guardian silent this long hangs, ms. */
const SILENCE_LIMIT_MS = patient(1_000);
/** How long a guardian that we started may take, ms. */
const START_LIMIT_MS = patient(15_000);

const stoodInEvent = z.object({ boot: z.string(), sequence: z.number().int().min(1) });

/**
 * pulse's end of the watch: reports to the guardian, and starts another one when it dies or hangs. So neither of the
 * two is ever unwatched.
 */
export class GuardianLink {
  private client: ControlClient | undefined;
  private connecting = false;
  private lastSignMs = monotonicNowMs();
  private lostAtMs: number | undefined = monotonicNowMs();
  private startedAtMs = Number.NEGATIVE_INFINITY;
  private readonly ticker = new Ticker(patient(REPORT_MS), (lateMs) => this.tick(lateMs));

  constructor(
    private readonly files: RunDirectory,
    private readonly inheritOutput: boolean,
    private readonly log: EventLog,
    private readonly report: () => PulseAlive,
    private readonly onStoodIn: (stoodIn: StoodIn) => void,
  ) {}

  start(): void {
    this.connect();
    this.ticker.start();
  }

  /** Reports at once: the guardian must not beat an old word. */
  reportNow(): void {
    this.client?.emit('pulse.alive', this.report());
  }

  /** Reports for the last time: what is held here from now on is not for the guardian to put down. */
  reportLeft(): void {
    this.ticker.stop();
    this.client?.emit('pulse.alive', { ...this.report(), active: false });
  }

  stop(): void {
    this.ticker.stop();
    const { client } = this;
    this.client = undefined;
    client?.close();
  }

  private tick(lateMs: number): void {
    const nowMs = monotonicNowMs();
    this.lastSignMs = Math.min(nowMs, this.lastSignMs + lateMs);
    if (this.lostAtMs !== undefined) this.lostAtMs = Math.min(nowMs, this.lostAtMs + lateMs);
    if (this.client === undefined) this.replaceIfDue(nowMs);
    else if (nowMs - this.lastSignMs > SILENCE_LIMIT_MS) this.killGuardian(nowMs);
    this.reportNow();
  }

  private killGuardian(nowMs: number): void {
    const pid = livingPid(this.files.guardianPid, 'pulse');
    this.lastSignMs = nowMs;
    if (pid === undefined || pid === process.pid) return;
    this.log.log('PULSE_CHILD_KILLED', { child: 'guardian', pid, reason: 'silent' });
    signalProcess(pid, 'SIGKILL');
  }

  private replaceIfDue(nowMs: number): void {
    this.connect();
    const due = this.lostAtMs !== undefined && nowMs - this.lostAtMs > patient(REPLACE_GUARDIAN_MS);
    if (!due || nowMs - this.startedAtMs < START_LIMIT_MS) return;
    this.startedAtMs = nowMs;
    this.log.log('PULSE_GUARDIAN_REPLACED', { lostMs: Math.round(nowMs - (this.lostAtMs ?? nowMs)) });
    const output = this.inheritOutput ? 'inherit' : 'ignore';
    // Our own words were resolved by whoever started us.
    const args = process.argv.slice(2).filter((word) => word !== FORCE_ACTIVE);
    const child = spawn(process.execPath, [binaryPath('pulse'), ...args], {
      argv0: 'pulse',
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...process.env, PIRANHA_DAEMON: '1' },
    });
    child.on('exit', () => {
      this.startedAtMs = Number.NEGATIVE_INFINITY;
    });
    child.on('error', () => undefined);
    child.unref();
  }

  private connect(): void {
    if (this.connecting) return;
    this.connecting = true;
    ControlClient.connect({
      path: this.files.guardianSocket,
      onEvent: (event, data) => {
        if (event === 'alive') this.lastSignMs = monotonicNowMs();
        const told = event === 'beat.stoodIn' ? stoodInEvent.safeParse(data) : undefined;
        if (told?.success) this.onStoodIn(told.data);
      },
      onClose: () => this.lost(),
    })
      .then((client) => {
        this.client = client;
        this.lastSignMs = monotonicNowMs();
        this.lostAtMs = undefined;
        this.startedAtMs = Number.NEGATIVE_INFINITY;
        this.reportNow();
      })
      .catch(() => undefined)
      .finally(() => {
        this.connecting = false;
      });
  }

  private lost(): void {
    if (this.client === undefined) return;
    this.client = undefined;
    this.lostAtMs = monotonicNowMs();
  }
}
