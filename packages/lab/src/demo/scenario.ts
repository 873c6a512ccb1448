import { readFileSync } from 'node:fs';
import { monotonicNowMs, signalProcess } from '@piranha/common';
import { runDirectory } from '@piranha/protocol';
import { failuresOf, gapAfterMs, type KillMark, longestPauseMs, summarise } from '../core/ledger.js';
import type { DemoDirector } from './director.js';
import { Load } from './load.js';
import { type Stage, serverStatus, until } from './stage.js';

const REQUESTS_PER_SECOND = 100;
const SLOW_EACH = 20;
const SLOW_MS = 300;
/** How long each step may take before the scenario gives up, ms. */
const STEP_LIMIT_MS = 20_000;

interface Invariant {
  readonly name: string;
  readonly ok: boolean;
  readonly why: string;
}

/** The last line of `--scenario failover`. Times in milliseconds. */
export interface ScenarioReport {
  readonly scenario: 'failover';
  readonly ok: boolean;
  readonly requests: number;
  readonly failed: number;
  readonly cut: number;
  /** Begun between the SIGKILL of the director and the first request that completed after it. */
  readonly inFailoverGap: number;
  readonly serverRemovedMs: number;
  readonly serverReturnedMs: number;
  readonly pulseRestartMs: number;
  readonly pulseKillPauseMs: number;
  readonly handoverGapMs: number;
  readonly handoverMs: number;
  readonly handoverFailed: number;
  readonly handoverRetried: number;
  readonly failoverGapMs: number;
  readonly deadtimeMs: number;
  readonly keepaliveMs: number;
  readonly invariants: readonly Invariant[];
}

/** Runs the whole story: server, pulse, handover, director. Says each step on `say`. */
export class FailoverScenario {
  private readonly load: Load;
  private readonly kills: KillMark[] = [];
  private readonly invariants: Invariant[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly say: (line: string) => void,
  ) {
    const { address, port } = stage.vip;
    this.load = new Load({
      host: address,
      port,
      requestsPerSecond: REQUESTS_PER_SECOND,
      slowEach: SLOW_EACH,
      slowMs: SLOW_MS,
    });
  }

  async run(): Promise<ScenarioReport> {
    this.stage.start();
    const first = await this.waitUntilServing();
    this.load.start();
    await pause(1_500);
    const server = await this.serverDies();
    const pulse = await this.pulseDies(first);
    const handover = await this.handover(first);
    const failoverGapMs = await this.directorDies(this.stage.partnerOf(first));
    await this.directorReturns(this.stage.partnerOf(first));
    await this.load.stop();
    const summary = summarise(this.load.entries, this.kills);
    await this.checkEnd(summary.failed, handover.handoverFailed);
    for (const entry of failuresOf(this.load.entries, this.kills).slice(0, 5)) {
      this.say(`failed: ${JSON.stringify(entry)}`);
    }
    return {
      scenario: 'failover',
      ok: this.invariants.every(({ ok }) => ok),
      requests: summary.requests,
      failed: summary.failed,
      cut: summary.cut,
      inFailoverGap: summary.inGap,
      ...server,
      ...pulse,
      ...handover,
      failoverGapMs,
      deadtimeMs: this.stage.configuration.deadtimeMs,
      keepaliveMs: this.stage.configuration.keepaliveMs,
      invariants: this.invariants,
    };
  }

  private async waitUntilServing(): Promise<DemoDirector> {
    const active = await until('one director active', STEP_LIMIT_MS, () => this.stage.active());
    await until('all servers up on both directors', STEP_LIMIT_MS, async () => {
      const statuses = await Promise.all(this.stage.directors.map((director) => director.lvsdStatus()));
      return statuses.every((status) => status?.ready === true && this.allUp(status));
    });
    this.say(`director ${active.name} is active, ${this.stage.servers.length} servers are up`);
    return active;
  }

  private async serverDies(): Promise<{ serverRemovedMs: number; serverReturnedMs: number }> {
    const victim = this.stage.servers[1]?.name ?? '';
    const active = await until('one director active', STEP_LIMIT_MS, () => this.stage.active());
    this.say(`server ${victim}: SIGKILL`);
    const killedAtMs = await this.kill(false, () => this.stage.killServer(victim));
    await until(`${victim} out of the table`, STEP_LIMIT_MS, async () => {
      const server = serverStatus(await active.lvsdStatus(), victim);
      return server?.health === 'down' && server.weight === undefined;
    });
    const serverRemovedMs = round(monotonicNowMs() - killedAtMs);
    this.say(`server ${victim} is out of the table after ${serverRemovedMs} ms`);
    await pause(500);
    const revivedAtMs = monotonicNowMs();
    this.stage.startServer(victim);
    await until(`${victim} back in the table`, STEP_LIMIT_MS, async () => {
      const server = serverStatus(await active.lvsdStatus(), victim);
      return server?.health === 'up' && server.weight !== undefined;
    });
    const serverReturnedMs = round(monotonicNowMs() - revivedAtMs);
    this.say(`server ${victim} is back after ${serverReturnedMs} ms`);
    return { serverRemovedMs, serverReturnedMs };
  }

  private async pulseDies(
    active: DemoDirector,
  ): Promise<{ pulseRestartMs: number; pulseKillPauseMs: number }> {
    const before = Number(readFileSync(runDirectory(active.directory).pulsePid, 'utf8'));
    this.say(`pulse on ${active.name}: SIGKILL`);
    const killedAtMs = monotonicNowMs();
    signalProcess(before, 'SIGKILL');
    await until('another pulse on the same director', STEP_LIMIT_MS, async () => {
      const status = await active.pulseStatus();
      return status !== undefined && status.pid !== before;
    });
    const pulseRestartMs = round(monotonicNowMs() - killedAtMs);
    // Longer than the deadtime: a partner that was deceived would have taken over by then.
    await pause(this.stage.configuration.deadtimeMs * 2);
    const stayed = (await this.stage.active()) === active;
    this.check('pulse killed alone is no failover', stayed, `${active.name} should have stayed active`);
    const pulseKillPauseMs = round(longestPauseMs(this.load.entries, killedAtMs, monotonicNowMs()));
    this.say(`pulse is back after ${pulseRestartMs} ms, ${active.name} stayed active`);
    return { pulseRestartMs, pulseKillPauseMs };
  }

  private async handover(from: DemoDirector) {
    const to = this.stage.partnerOf(from);
    this.say(`handover from ${from.name} to ${to.name}`);
    this.load.retryRefused = true;
    const begunMs = monotonicNowMs();
    const answer = await from.handover();
    await pause(1_000);
    const endedMs = monotonicNowMs();
    this.load.retryRefused = false;
    const inWindow = this.load.entries.filter(
      (entry) => entry.begunMs >= begunMs && entry.begunMs <= endedMs,
    );
    const handoverFailed = inWindow.filter(({ outcome }) => outcome.type !== 'completed').length;
    const moved = (await this.stage.active()) === to;
    this.check(
      'the handover moved the VIP',
      answer?.ok === true && moved,
      answer?.text ?? 'pulse did not answer',
    );
    const result = {
      handoverGapMs: round(longestPauseMs(this.load.entries, begunMs, endedMs)),
      handoverMs: answer?.durationMs ?? -1,
      handoverFailed,
      handoverRetried: this.load.retried,
    };
    this.say(`handed over in ${result.handoverMs} ms, longest pause ${result.handoverGapMs} ms`);
    return result;
  }

  private async directorDies(victim: DemoDirector): Promise<number> {
    this.say(`director ${victim.name}: SIGKILL of every process`);
    const killedAtMs = await this.kill(true, async () => {
      await victim.kill();
    });
    const gapMs = await until('the partner serves', STEP_LIMIT_MS, async () =>
      gapAfterMs(this.load.entries, killedAtMs),
    );
    this.say(`the partner serves ${round(gapMs)} ms after the kill`);
    await pause(1_500);
    return round(gapMs);
  }

  private async directorReturns(director: DemoDirector): Promise<void> {
    director.start();
    await until(`director ${director.name} is back as standby`, STEP_LIMIT_MS, async () => {
      const status = await director.pulseStatus();
      const lvsd = await director.lvsdStatus();
      return status?.state === 'standby' && status.partner === 'running' && lvsd?.ready === true;
    });
    this.say(`director ${director.name} is back as standby`);
    await pause(1_000);
  }

  private async checkEnd(failed: number, handoverFailed: number): Promise<void> {
    const holders = (await this.stage.holders()).map(({ name }) => name);
    this.check('one VIP holder at the end', holders.length === 1, `holders: ${holders.join(' ') || 'none'}`);
    const statuses = await Promise.all(this.stage.directors.map((director) => director.pulseStatus()));
    this.check('both directors up', !statuses.includes(undefined), 'a pulse does not answer');
    const sinceMs = this.kills.at(-1)?.atMs ?? 0;
    const seen = new Set(
      this.load.entries.flatMap(({ begunMs, outcome }) =>
        begunMs > sinceMs && outcome.type === 'completed' ? outcome.server : [],
      ),
    );
    const missing = this.stage.servers.map(({ name }) => name).filter((name) => !seen.has(name));
    this.check('every server seen again', missing.length === 0, `not seen: ${missing.join(' ')}`);
    this.check('no request failed', failed === 0, `${failed} failed`);
    this.check('no request failed in the handover', handoverFailed === 0, `${handoverFailed} failed`);
  }

  private allUp(status: NonNullable<Awaited<ReturnType<DemoDirector['lvsdStatus']>>>): boolean {
    return this.stage.servers.every(({ name }) => serverStatus(status, name)?.health === 'up');
  }

  /** Kills, notes the moment and when the victims were gone, and gives the former. */
  private async kill(opensGap: boolean, act: () => Promise<void>): Promise<number> {
    const atMs = monotonicNowMs();
    await act();
    this.kills.push({ atMs, goneMs: monotonicNowMs(), opensGap });
    return atMs;
  }

  private check(name: string, ok: boolean, whyNot: string): void {
    this.invariants.push({ name, ok, why: ok ? 'held' : whyNot });
  }
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

function round(valueMs: number): number {
  return Math.round(valueMs * 10) / 10;
}
