import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  errorText,
  LeaveMark,
  monotonicNowMs,
  patient,
  removePidFile,
  UserError,
  writePidFile,
} from '@piranha/common';
import type { LoadResult } from '@piranha/config';
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
  SERVER_ORDERS_FILE,
} from '@piranha/protocol';
import { sharedNannyCount } from '../core/nanny-places.js';
import { healthNotice, notifyConfigOf } from '../core/notices.js';
import type { Setup } from '../core/setup.js';
import { isTableInSync, isTableSettled, tableProblems } from '../core/table-health.js';
import { tablePolicyOf } from '../core/table-policy.js';
import type { TableSyncPolicy } from '../core/table-sync.js';
import { TABLE_TOOLS } from '../core/table-tools.js';
import { timeoutsDiffer } from '../core/timeouts.js';
import { Coalesced } from './coalesced.js';
import { activeNames, logServiceStarts, logServiceStops, logTableNotice } from './log-lines.js';
import { LostQuorums } from './lost-quorums.js';
import { MaintenanceOrders } from './maintenance-orders.js';
import { Monitoring } from './monitoring.js';
import type { DirectorOpener } from './open-director.js';
import { endOrphanNannies } from './orphan-nannies.js';
import { Reloading } from './reloading.js';
import { ServiceBoard } from './service-board.js';
import { tellServiceChange } from './service-news.js';
import { StatisticsCache } from './statistics-cache.js';
import { statusAnswer } from './status-answer.js';
import { TableMaker } from './table-maker.js';
import { setTimeouts } from './table-timeouts.js';
import { TableWriter } from './table-writer.js';

const TICK_MS = 100;
/** Nannies wait this long for the table, so that they know what their servers were, ms. */
const TABLE_WAIT_MS = 1_000;
/** How long a reload or a stop waits for its table operations, ms. */
const SETTLE_LIMIT_MS = patient(2_000);
/** A stop waits longer for a large table, ms for each entry. */
const SETTLE_MS_PER_ENTRY = 2;
const EMPTY_TABLE: Table = { services: [] };

interface DaemonOptions {
  readonly configFile: string;
  readonly directorName: string;
  readonly run: RunDirectory;
  /** Where the orders about servers are. */
  readonly stateDirectory: string;
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
  private readonly maintenance: MaintenanceOrders;
  private readonly notifier: Notifier;
  private readonly services: ServiceBoard;
  private readonly maker: TableMaker;
  private readonly reloading: Reloading;
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

  private constructor(
    private readonly options: DaemonOptions,
    private setup: Setup,
  ) {
    const { run, log } = options;
    const isModel = options.directorName === 'memory';
    this.notifier = new Notifier(notifyConfigOf(setup.configuration, options.directorName), { log });
    this.monitoring = new Monitoring({
      setup,
      nannyProgram: options.nannyProgram,
      socketPath: run.lvsdSocket,
      sharedNannies: sharedNannyCount(availableParallelism()),
      log,
      isDrained: (server) => this.maintenance.isDrained(server),
      onChange: () => this.refreshing.request(),
      onHealth: ({ service, server }, before, after) => {
        const notice = healthNotice(service, server, before, after);
        if (notice) this.notifier.tell(notice);
      },
    });
    this.services = new ServiceBoard({
      idOf: (server) => this.setup.index.idOf(server),
      healthOf: (server) => this.monitoring.healthOf(server)?.health,
      orderedOf: (server) => this.maintenance.orderedOf(server),
      lost: new LostQuorums(run.lostQuorums, log),
      onChange: (...news) =>
        tellServiceChange({ log, notifier: this.notifier, runsCommands: !isModel }, ...news),
    });
    const { monitoring, notifier, services } = this;
    const configuration = () => this.setup.configuration;
    this.maker = new TableMaker({ configuration, services, monitoring, notifier, log });
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
    this.maintenance = new MaintenanceOrders({
      setup,
      file: join(options.stateDirectory, SERVER_ORDERS_FILE),
      isKernel: options.directorName === 'kernel',
      log,
      monitoring: this.monitoring,
      table: () => this.writer.state,
      readStatistics: () => this.writer.backend?.readStatistics(),
      onChange: () => this.refresh(),
      settled: () => this.settled(),
    });
    this.reloading = new Reloading({
      log,
      load: options.load,
      describe: options.describe,
      isStopping: () => this.stopping,
      change: (next) => this.change(next),
      settled: () => this.settled(),
    });
  }

  /** @throws UserError `CONTROL_IN_USE` when another lvsd serves this run directory */
  static async start(options: DaemonOptions, setup: Setup): Promise<Daemon> {
    const daemon = new Daemon(options, setup);
    await daemon.listen();
    await daemon.maintenance.prepare();
    const unwritten = writePidFile(options.run.lvsdPid, process.pid);
    if (unwritten !== undefined) options.log.log('LVSD_STATE_UNWRITABLE', { problem: errorText(unwritten) });
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
    return this.reloading.request();
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
    this.maintenance.end();
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
    const limitMs = SETTLE_LIMIT_MS + this.writer.state.owned.size * SETTLE_MS_PER_ENTRY;
    const isClear = () => this.writer.state.owned.size === 0 && this.writer.state.busy === 'nothing';
    await this.until(isClear, limitMs);
  }

  private tablePolicy(): TableSyncPolicy {
    // At the end everything of ours goes, whoever changed it.
    const drift = this.stopping ? 'revert' : this.setup.configuration.tableDrift;
    return tablePolicyOf(this.options.directorName, drift);
  }

  private async listen(): Promise<void> {
    this.server = await ControlServer.listen({
      path: this.options.run.lvsdSocket,
      methods: {
        status: () => this.status(),
        reload: () => this.reload(),
        table: () => this.table(),
        ...this.maintenance.methods,
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
    this.maintenance.tick();
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
    setTimeouts(this.writer.backend, this.setup.configuration, log);
    if (this.loaded || this.stopping) return;
    this.loaded = true;
    log.log('LVSD_TABLE_LOADED', { director: directorName });
    this.monitoring.adopt(table);
    this.maker.adopt(table);
    this.monitoring.start();
    this.maintenance.begin();
    // Not from within the writer's own step.
    queueMicrotask(() => this.refresh());
  }

  /** Works the desired table out anew and has it written. */
  private refresh(): void {
    if (!this.loaded || this.stopping) return;
    this.writer.desire(this.maker.make());
    this.maker.tellSorry();
  }

  private checkReady(): void {
    if (this.ready || !this.loaded || this.stopping) return;
    const { state } = this.writer;
    if (!state.desired || !this.monitoring.settled || !isTableSettled(state)) return;
    this.ready = true;
    this.options.log.log('LVSD_READY');
    this.maker.tellSorry();
    this.announce();
    // The last first verdict may have been given up: what is said of a whole service waited for it.
    queueMicrotask(() => this.refresh());
  }

  /** Takes a sound configuration over; the table operations that it means, as text. */
  private change(setup: Setup): { readonly operations: readonly string[]; readonly nannies: number } {
    const { log } = this.options;
    const before = this.setup.configuration;
    this.setup = setup;
    this.notifier.change(notifyConfigOf(setup.configuration, this.options.directorName));
    const { live, owned } = this.writer.state;
    const nannies = this.monitoring.change(setup, live);
    this.maintenance.change(setup);
    logServiceStops(log, before, activeNames(setup.configuration));
    logServiceStarts(log, setup.configuration, activeNames(before));
    if (timeoutsDiffer(before, setup.configuration))
      setTimeouts(this.writer.backend, this.setup.configuration, log);
    this.refresh();
    const operations = live ? TABLE_TOOLS.diff(this.maker.table, live, owned).map(TABLE_TOOLS.text) : [];
    return { operations, nannies };
  }

  private status(): Promise<LvsdStatus> {
    const { configFile, directorName: director, log } = this.options;
    const { monitoring, maintenance, services, writer, statistics, ready } = this;
    return statusAnswer({
      configuration: this.setup.configuration,
      monitoring,
      maintenance,
      services,
      writer,
      statistics,
      desired: this.maker.table,
      own: {
        configFile,
        director,
        ready,
        lastReload: this.reloading.result,
        history: log.history(),
        eventCounts: log.counts?.(),
      },
    });
  }

  private async table(): Promise<{ readonly table: Table; readonly owned: readonly string[] }> {
    const { backend } = this.writer;
    if (!backend) throw new UserError('the director cannot be reached', { code: 'DIRECTOR_UNREACHABLE' });
    return { table: await backend.readTable(), owned: [...this.writer.state.owned].sort() };
  }

  private settled(): Promise<void> {
    return this.until(() => isTableSettled(this.writer.state));
  }

  private async until(condition: () => boolean, limitMs = SETTLE_LIMIT_MS): Promise<void> {
    const deadlineMs = monotonicNowMs() + limitMs;
    while (!condition() && monotonicNowMs() < deadlineMs) await wait(10);
  }
}
