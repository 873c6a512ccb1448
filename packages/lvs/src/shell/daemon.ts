import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import {
  errorText,
  LeaveMark,
  monotonicNowMs,
  patient,
  removePidFile,
  SUITE_VERSION,
  UserError,
  writePidFile,
} from '@piranha/common';
import type { LoadResult, NotifyConfig } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import { readOwned, removeOwned, saveOwned, type Table } from '@piranha/ipvs';
import { Notifier } from '@piranha/notify';
import {
  ALIVE_INTERVAL_MS,
  ControlServer,
  type LvsdAlive,
  type LvsdStatus,
  type ReloadAnswer,
  type RunDirectory,
} from '@piranha/protocol';
import { sharedNannyCount } from '../core/nanny-places.js';
import { healthNotice, sorryNotices } from '../core/notices.js';
import type { Setup } from '../core/setup.js';
import { sorryChanges } from '../core/sorry-watch.js';
import { serviceStatuses } from '../core/status.js';
import { isTableInSync, isTableSettled, type TableSyncPolicy, tableProblems } from '../core/table-sync.js';
import { desiredOf, foreignTexts, TABLE_TOOLS } from '../core/table-tools.js';
import { timeoutsDiffer, timeoutsOf } from '../core/timeouts.js';
import { Coalesced } from './coalesced.js';
import {
  activeNames,
  logServiceStarts,
  logServiceStops,
  logSorryChanges,
  logTableNotice,
} from './log-lines.js';
import { Monitoring } from './monitoring.js';
import type { DirectorOpener } from './open-director.js';
import { endOrphanNannies } from './orphan-nannies.js';
import { StatisticsCache } from './statistics-cache.js';
import { TableWriter } from './table-writer.js';

const TICK_MS = 100;
/** Nannies wait this long for the table, so that they know what their servers were, ms. */
const TABLE_WAIT_MS = 1_000;
/** How long a reload or a stop waits for its table operations, ms. */
const SETTLE_LIMIT_MS = patient(2_000);
/** A stop waits longer for a large table, ms for each entry. */
const SETTLE_MS_PER_ENTRY = 2;
const TABLE_POLICY = {
  reconnectMs: 100,
  retryFirstMs: 200,
  retryCapMs: 5_000,
  readAfterOperations: 200,
  rereadMs: Number.POSITIVE_INFINITY,
};
/** Nobody tells us of a hand that changes the kernel's table; and an attempt to reach it is a process or two. */
const KERNEL_POLICY = { ...TABLE_POLICY, reconnectMs: 1_000, rereadMs: 5_000 };
const EMPTY_TABLE: Table = { services: [] };

interface DaemonOptions {
  readonly configFile: string;
  readonly directorName: string;
  readonly run: RunDirectory;
  readonly log: EventLog;
  readonly openDirector: DirectorOpener;
  /** Script of the nanny program. */
  readonly nannyProgram: string;
  /** Reads the configuration file again. */
  readonly load: () => Promise<{ readonly result: LoadResult; readonly setup: Setup | undefined }>;
  /** Findings as lines for the answer of a reload. */
  readonly describe: (result: LoadResult) => readonly string[];
}

/** lvsd: the one writer of the table, and the nannies whose word it takes for the servers' health. */
export class Daemon {
  private server: ControlServer | undefined;
  private readonly monitoring: Monitoring;
  private readonly writer: TableWriter;
  private readonly notifier: Notifier;
  private readonly statistics = new StatisticsCache();
  private readonly refreshing = new Coalesced(() => this.refresh());
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly startedAtMs = monotonicNowMs();
  /** The live table was read once, so that what stands in it is adopted and not overwritten. */
  private loaded = false;
  private ready = false;
  private stopping = false;
  /** The next stop is no end of the service: somebody else takes the table over. */
  private readonly leaving = new LeaveMark();
  private stopped: Promise<void> | undefined;
  private desired: Table = EMPTY_TABLE;
  /** The table whose sorry servers were told last. */
  private told: Table = EMPTY_TABLE;
  private lastReload: LvsdStatus['lastReload'];
  private reloading: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly options: DaemonOptions,
    private setup: Setup,
  ) {
    const { run, log } = options;
    this.notifier = new Notifier(this.notifyConfig(setup), { log });
    this.monitoring = new Monitoring({
      setup,
      nannyProgram: options.nannyProgram,
      socketPath: run.lvsdSocket,
      sharedNannies: sharedNannyCount(availableParallelism()),
      log,
      onChange: () => this.refreshing.request(),
      onHealth: ({ service, server }, before, after) => {
        const notice = healthNotice(service, server, before, after);
        if (notice) this.notifier.tell(notice);
      },
    });
    this.writer = new TableWriter({
      open: options.openDirector,
      owned: readOwned(run.ownedEntries),
      saveOwned: (keys) => saveOwned(run.ownedEntries, keys),
      tools: TABLE_TOOLS,
      policy: () => this.tablePolicy(),
      onLoaded: (table, afterMs) => this.onLoaded(table, afterMs),
      onNotice: (notice) => logTableNotice(log, notice),
      onStep: () => this.checkReady(),
    });
  }

  /** @throws UserError `CONTROL_IN_USE` when another lvsd serves this run directory */
  static async start(options: DaemonOptions, setup: Setup): Promise<Daemon> {
    const daemon = new Daemon(options, setup);
    await daemon.listen();
    writePidFile(options.run.lvsdPid, process.pid);
    for (const pid of endOrphanNannies(options.run.lvsdSocket)) options.log.log('LVSD_ORPHAN_ENDED', { pid });
    logServiceStarts(options.log, setup.configuration);
    daemon.timers.push(
      setInterval(() => daemon.tick(), TICK_MS),
      setInterval(() => daemon.announce(), ALIVE_INTERVAL_MS),
    );
    daemon.writer.tick();
    return daemon;
  }

  /** Reads the configuration again; one at a time, never half. */
  reload(): Promise<ReloadAnswer> {
    const answer = this.reloading.then(() => this.reloadNow());
    this.reloading = answer.catch(() => undefined);
    return answer;
  }

  /** Ends everything and takes the own entries out of the table, unless they are to be left. A second call waits for the first. */
  stop(signal: string | number): Promise<void> {
    this.stopped ??= this.stopNow(signal);
    return this.stopped;
  }

  private async stopNow(signal: string | number): Promise<void> {
    this.stopping = true;
    const { log, run } = this.options;
    log.log('LVSD_STOP', { signal });
    // Nothing more is told from here on.
    const told = this.notifier.close();
    const leaves = this.leaving.isSet();
    if (!leaves) logServiceStops(log, this.setup.configuration);
    this.monitoring.stop();
    if (leaves) log.log('LVSD_LEFT');
    else await this.clearTable();
    await this.until(() => this.monitoring.running === 0);
    this.monitoring.killAll();
    for (const timer of this.timers) clearInterval(timer);
    // Else it would be there again a moment later.
    await this.writer.saved;
    if (this.writer.state.owned.size === 0) removeOwned(run.ownedEntries);
    else if (!leaves) log.log('LVSD_STOP_LEFTOVER', { problem: tableProblems(this.writer.state).join('; ') });
    this.writer.close();
    await this.server?.close();
    removePidFile(run.lvsdPid, process.pid);
    await told;
    await log.close();
  }

  private async clearTable(): Promise<void> {
    if (this.loaded) this.writer.desire(EMPTY_TABLE);
    const { state } = this.writer;
    const limitMs = SETTLE_LIMIT_MS + state.owned.size * SETTLE_MS_PER_ENTRY;
    await this.until(
      () => this.writer.state.owned.size === 0 && this.writer.state.busy === 'nothing',
      limitMs,
    );
  }

  private tablePolicy(): TableSyncPolicy {
    const policy = this.options.directorName === 'kernel' ? KERNEL_POLICY : TABLE_POLICY;
    // At the end everything of ours goes, whoever changed it.
    return { ...policy, drift: this.stopping ? 'revert' : this.setup.configuration.tableDrift };
  }

  /** Beside another product, writing into a model, lvsd tells nobody of a service that is not its own. */
  private notifyConfig({ configuration }: Setup): NotifyConfig {
    const { notify } = configuration;
    // notify_wait is a matter of the role.
    if (this.options.directorName !== 'memory') return { ...notify, waits: false };
    return { ...notify, program: undefined, serverProgram: undefined, mail: undefined };
  }

  private async listen(): Promise<void> {
    this.server = await ControlServer.listen({
      path: this.options.run.lvsdSocket,
      methods: {
        status: () => this.status(),
        reload: () => this.reload(),
        table: () => this.table(),
        leave: () => {
          this.leaving.set();
          return null;
        },
      },
      events: this.monitoring.peers.events,
      onDisconnect: this.monitoring.peers.disconnected,
    });
  }

  private tick(): void {
    this.writer.tick();
    this.monitoring.tick(TICK_MS);
    if (!this.loaded && monotonicNowMs() - this.startedAtMs >= TABLE_WAIT_MS) this.monitoring.start();
    this.checkReady();
  }

  private announce(): void {
    const { ready, monitoring, writer } = this;
    const tableInSync = isTableInSync(writer.state);
    const alive: LvsdAlive = { pid: process.pid, ready, tableInSync, ...monitoring.counts };
    this.server?.broadcast('alive', alive);
  }

  private onLoaded(table: Table, afterMs: number | undefined): void {
    const { log, directorName } = this.options;
    if (afterMs !== undefined) log.log('LVSD_DIRECTOR_BACK', { durationMs: Math.round(afterMs) });
    this.setTimeouts();
    if (this.loaded || this.stopping) return;
    this.loaded = true;
    log.log('LVSD_TABLE_LOADED', { director: directorName });
    this.monitoring.adopt(table);
    this.desired = table;
    this.told = table;
    this.monitoring.start();
    // Not from within the writer's own step.
    queueMicrotask(() => this.refresh());
  }

  /** Works the desired table out anew and has it written. */
  private refresh(): void {
    if (!this.loaded || this.stopping) return;
    const { configuration } = this.setup;
    const desired = desiredOf(configuration, (server) => this.monitoring.healthOf(server)?.health);
    logSorryChanges(this.options.log, sorryChanges(configuration, this.desired, desired));
    this.desired = desired;
    this.writer.desire(desired);
    this.tellSorry();
  }

  /** Before the first verdicts every sorry server stands in, which is no news. */
  private tellSorry(): void {
    if (!this.monitoring.settled) return;
    const { configuration } = this.setup;
    const changes = sorryChanges(configuration, this.told, this.desired);
    this.told = this.desired;
    for (const notice of sorryNotices(configuration.virtualServers, changes)) this.notifier.tell(notice);
  }

  private setTimeouts(): void {
    const timeouts = timeoutsOf(this.setup.configuration);
    if (!timeouts) return;
    this.writer.backend?.setTimeouts(timeouts).catch((error: unknown) => {
      this.options.log.log('LVSD_TIMEOUTS_FAILED', {
        tcp: timeouts.tcpSeconds,
        tcpfin: timeouts.tcpFinSeconds,
        udp: timeouts.udpSeconds,
        problem: errorText(error),
      });
    });
  }

  private checkReady(): void {
    if (this.ready || !this.loaded || this.stopping) return;
    const { state } = this.writer;
    if (!state.desired || !this.monitoring.settled || !isTableSettled(state)) return;
    this.ready = true;
    this.options.log.log('LVSD_READY');
    this.tellSorry();
    this.announce();
  }

  private async reloadNow(): Promise<ReloadAnswer> {
    const { log, load, describe } = this.options;
    if (this.stopping) throw new UserError('lvsd is stopping', { code: 'LVSD_STOPPING' });
    log.log('LVSD_RELOAD');
    const { result, setup } = await load();
    const diagnostics = describe(result);
    if (!setup) {
      this.refuse(result, diagnostics);
      return { ok: false, diagnostics, operations: [] };
    }
    for (const diagnostic of diagnostics) log.log('LVSD_CONFIG_WARNING', { diagnostic });
    const operations = this.change(setup);
    await this.until(() => isTableSettled(this.writer.state));
    return { ok: true, diagnostics, operations };
  }

  private refuse(result: LoadResult, diagnostics: readonly string[]): void {
    const { log } = this.options;
    const line = result.diagnostics.find(({ severity }) => severity === 'error')?.line ?? 0;
    log.log('LVSD_RELOAD_REFUSED', { file: result.file, line });
    for (const diagnostic of diagnostics) log.log('LVSD_CONFIG_ERROR', { diagnostic });
    this.lastReload = { at: new Date().toISOString(), ok: false, text: diagnostics.join('\n') };
  }

  /** Takes a sound configuration over; the table operations that it means, as text. */
  private change(setup: Setup): readonly string[] {
    const { log } = this.options;
    const before = this.setup.configuration;
    this.setup = setup;
    this.notifier.change(this.notifyConfig(setup));
    const { live, owned } = this.writer.state;
    const nannies = this.monitoring.change(setup, live);
    logServiceStops(log, before, activeNames(setup.configuration));
    logServiceStarts(log, setup.configuration, activeNames(before));
    if (timeoutsDiffer(before, setup.configuration)) this.setTimeouts();
    this.refresh();
    const operations = live ? TABLE_TOOLS.diff(this.desired, live, owned).map(TABLE_TOOLS.text) : [];
    log.log('LVSD_RELOADED', { operations: operations.length, nannies });
    const text = `${operations.length} table operations, ${nannies} nannies touched`;
    this.lastReload = { at: new Date().toISOString(), ok: true, text };
    return operations;
  }

  private async status(): Promise<LvsdStatus> {
    const { configFile, directorName, log } = this.options;
    const statistics = await this.statistics.read(this.writer.backend);
    const { state } = this.writer;
    const { sharedNannies } = this.monitoring;
    const live = state.live ?? EMPTY_TABLE;
    const epochMs = Date.now() - monotonicNowMs();
    const services = serviceStatuses({
      configuration: this.setup.configuration,
      live,
      statistics,
      healthOf: (server) => this.monitoring.healthOf(server),
      nannyOf: (server) => this.monitoring.nannyOf(server),
      isoTime: (monotonicMs) => new Date(epochMs + monotonicMs).toISOString(),
    });
    return {
      version: SUITE_VERSION,
      pid: process.pid,
      configFile,
      director: directorName,
      tableInSync: isTableInSync(state),
      problems: tableProblems(state),
      ready: this.ready,
      ...(this.lastReload ? { lastReload: this.lastReload } : {}),
      services,
      ...(sharedNannies.length > 0 ? { sharedNannies } : {}),
      foreignEntries: foreignTexts(live, this.desired, state.owned),
      history: log.history(),
    };
  }

  private async table(): Promise<{ readonly table: Table; readonly owned: readonly string[] }> {
    const { backend } = this.writer;
    if (!backend) throw new UserError('the director cannot be reached', { code: 'DIRECTOR_UNREACHABLE' });
    return { table: await backend.readTable(), owned: [...this.writer.state.owned].sort() };
  }

  private async until(condition: () => boolean, limitMs = SETTLE_LIMIT_MS): Promise<void> {
    const deadlineMs = monotonicNowMs() + limitMs;
    while (!condition() && monotonicNowMs() < deadlineMs) await wait(10);
  }
}
