import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { monotonicNowMs, UserError } from '@piranha/common';
import type { RealServerConfig } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import type { ServerVerdict, ServiceStatistics } from '@piranha/ipvs';
import {
  type DrainCounts,
  isWithinLimits,
  type MaintenanceAnswer,
  type MaintenanceExchange,
  type MaintenanceRecord,
  mergeMaintenance,
  type ServerMaintenance,
} from '@piranha/protocol';
import { maintenanceExchangeSchema, maintenanceRequestSchema } from '@piranha/protocol/maintenance-schemas';
import { findServers, type PlacedServer, placedServers } from '../core/find-servers.js';
import {
  type Drains,
  drainsFor,
  maintenanceOf,
  type OrdersInForce,
  orderChanges,
  orderedVerdict,
  ordersInForce,
  stepDrains,
} from '../core/maintenance.js';
import { decideRequest } from '../core/maintenance-request.js';
import { countsByPlace, maintainedServers, quietPlaces } from '../core/maintenance-view.js';
import { overruledOrders } from '../core/overruled-orders.js';
import type { Setup } from '../core/setup.js';
import { isTableSettled } from '../core/table-health.js';
import { TableIndex } from '../core/table-places.js';
import type { TableSyncState } from '../core/table-sync.js';
import { FileOrders } from './file-orders.js';
import { logEndedDrain, logOrderChange, logOverruled } from './maintenance-lines.js';
import { MaintenanceStore } from './maintenance-store.js';
import type { Monitoring } from './monitoring.js';
import { OneAtATime } from './one-at-a-time.js';

/** How often entries that drain are counted, and how often maintenance_dir is looked into. */
const LOOK_EVERY_MS = 500;
/** A start waits so long at most for a directory that does not answer, ms. */
const FIRST_LOOK_LIMIT_MS = 1_000;
/** Beside the orders of operators. */
const FILE_ORDERS = 'file-orders';
const EXPIRE_QUIESCENT = '/proc/sys/net/ipv4/vs/expire_quiescent_template';
const NO_ORDERS: OrdersInForce = new Map();

interface MaintenanceOrdersOptions {
  readonly setup: Setup;
  /** The file with the orders. */
  readonly file: string;
  readonly isKernel: boolean;
  readonly log: Pick<EventLog, 'log'>;
  readonly monitoring: Pick<Monitoring, 'healthOf' | 'weightOf' | 'isSettled'>;
  readonly table: () => TableSyncState;
  readonly readStatistics: () => Promise<readonly ServiceStatistics[]> | undefined;
  /** The desired table may be another now. */
  readonly onChange: () => void;
  /** Resolves when the table is as desired, or after a time limit. */
  readonly settled: () => Promise<void>;
}

/** Real servers that are out of service by order of an operator, or of a file in maintenance_dir. */
export class MaintenanceOrders {
  private setup: Setup;
  private placed: readonly PlacedServer[] = [];
  private keys: ReadonlyMap<RealServerConfig, string> = new Map();
  private readonly store: MaintenanceStore;
  private record: MaintenanceRecord;
  private readonly files: FileOrders;
  private orders: OrdersInForce = NO_ORDERS;
  private drains: Drains = new Map();
  /** The live table was read; before, nothing can be decided. */
  private loaded = false;
  private lookAtMs = 0;
  /** A directory that hangs must keep nobody from counting. */
  private lookingAtFiles = new OneAtATime(() => this.lookAtFiles());
  private readonly lookingAtDrains = new OneAtATime(() => this.lookAtDrains());
  private requests: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: MaintenanceOrdersOptions) {
    this.setup = options.setup;
    this.store = new MaintenanceStore(options.file, options.log);
    this.record = this.store.read();
    this.files = new FileOrders({ file: join(dirname(options.file), FILE_ORDERS), log: options.log });
    this.change(options.setup);
  }

  /** lvsd's methods about servers out of service. */
  readonly methods = {
    maintain: (params: unknown): Promise<MaintenanceAnswer> => this.inTurn(() => this.maintain(params)),
    maintenance: (): MaintenanceAnswer => this.listing(),
    'maintenance.record': (): MaintenanceExchange => ({ orders: this.record }),
    'maintenance.merge': (params: unknown): Promise<MaintenanceExchange> =>
      this.inTurn(() => this.merge(params)),
  };

  /** Looks into maintenance_dir before anything is put into the table. */
  async prepare(): Promise<void> {
    await Promise.race([this.lookingAtFiles.request(), wait(FIRST_LOOK_LIMIT_MS, undefined, { ref: false })]);
  }

  /** The live table was read for the first time: a drained server is known by its entry, or by having none. */
  begin(): void {
    this.loaded = true;
    this.decide(true);
  }

  /** lvsd ends: an entry that it takes out now was not drained. */
  end(): void {
    this.loaded = false;
  }

  /** Takes over another configuration. Orders stay with their places. */
  change(setup: Setup): void {
    const { maintenanceDirectory } = setup.configuration;
    if (maintenanceDirectory === undefined) this.files.forget();
    if (maintenanceDirectory !== this.setup.configuration.maintenanceDirectory)
      this.lookingAtFiles = new OneAtATime(() => this.lookAtFiles());
    this.setup = setup;
    const before = new Set(this.placed.map(({ key }) => key));
    this.placed = placedServers(setup.configuration);
    this.keys = new Map(this.placed.map(({ server, key }) => [server, key]));
    this.lookAtMs = 0;
    if (!this.loaded) return;
    const stood = this.orders;
    this.decide();
    this.tellOfReturned(before, stood);
  }

  /** Whoever writes a server into lvs.cf again must learn why it serves nobody. */
  private tellOfReturned(before: ReadonlySet<string>, stood: OrdersInForce): void {
    const told = new Set(orderChanges(stood, this.orders).map(({ key }) => key));
    const returned = this.placed.filter(({ key }) => !before.has(key) && !told.has(key));
    for (const [key, placed] of new Map(returned.map((one) => [one.key, one]))) {
      const change = { key, before: undefined, after: this.orders.get(key) };
      if (change.after) logOrderChange(this.options.log, placed, change, this.record, this.files.held);
    }
  }

  /** What an operator wants the table to make of a server; undefined where its health counts. */
  orderedOf(server: RealServerConfig): ServerVerdict | undefined {
    const key = this.orders.size === 0 ? undefined : this.keys.get(server);
    return key === undefined ? undefined : orderedVerdict(this.orders, this.drains, key);
  }

  /** What status says of a server. */
  statusOf(server: RealServerConfig): ServerMaintenance | undefined {
    const key = this.keys.get(server);
    return key === undefined ? undefined : this.maintenanceAt(key);
  }

  /** An entry of weight 0 may be one that drains: nothing is wrong with its server. */
  isDrained(server: RealServerConfig): boolean {
    const key = this.keys.get(server);
    const isOrdered = this.record.some(({ place, kind }) => place === key && kind === 'drain');
    return isOrdered || this.files.inForce.get(key ?? '')?.kind === 'drain';
  }

  tick(): void {
    const nowMs = monotonicNowMs();
    if (!this.loaded || nowMs < this.lookAtMs) return;
    this.lookAtMs = nowMs + LOOK_EVERY_MS;
    // What is held waits for another server.
    if (this.files.isOpen) this.decide();
    void this.lookingAtFiles.request();
    void this.lookingAtDrains.request();
  }

  private async lookAtFiles(): Promise<void> {
    const path = this.setup.configuration.maintenanceDirectory;
    if (path === undefined) return;
    const isWanted = () => path === this.setup.configuration.maintenanceDirectory;
    const isNews = await this.files.look(path, isWanted);
    if (isNews && this.loaded) this.decide();
  }

  private async lookAtDrains(): Promise<void> {
    const before = this.drains;
    if (![...before.values()].some(({ phase }) => phase === 'draining')) return;
    const counted = await this.count();
    if (!this.loaded) return;
    // A drain that was ended and begun anew meanwhile was not what was counted.
    const counts = (key: string) => (this.drains.get(key) === before.get(key) ? counted(key) : undefined);
    const { drains, ended } = stepDrains(this.drains, { counts, nowMs: monotonicNowMs() });
    this.drains = drains;
    for (const end of ended) logEndedDrain(this.options.log, this.nameOf(end.key), end.drain);
    if (ended.length > 0) this.options.onChange();
  }

  /** What is counted at entries that take no new connections any more; nothing of others, and while nobody can count. */
  private async count(): Promise<(key: string) => DrainCounts | undefined> {
    const nothing = () => undefined;
    const state = this.options.table();
    if (!isTableSettled(state) || !state.live) return nothing;
    const quiet = quietPlaces(
      state.live,
      this.placed.filter(({ key }) => this.drains.has(key)),
    );
    if (quiet.size === 0) return nothing;
    const statistics = await this.options.readStatistics()?.catch(() => undefined);
    if (statistics === undefined) return nothing;
    const counts = countsByPlace(statistics, await this.templatesReturn());
    return (key) => (quiet.has(key) ? counts(key) : undefined);
  }

  /** The userspace director ends templates of quiesced servers, as the kernel does unless told otherwise. */
  private async templatesReturn(): Promise<boolean> {
    if (!this.options.isKernel) return false;
    return (await readFile(EXPIRE_QUIESCENT, 'utf8').catch(() => '1')).trim() === '0';
  }

  private maintenanceAt(key: string): ServerMaintenance | undefined {
    return maintenanceOf(this.orders, this.drains, this.files.held, key);
  }

  private nameOf(key: string): PlacedServer | undefined {
    return this.placed.find((placed) => placed.key === key);
  }

  /** Works out what is in force, and has it carried out. */
  private decide(isFirst = false): void {
    this.files.decide({
      serving: this.serving(),
      record: this.record,
      found: isFirst ? this.options.table().live : undefined,
      isSettled: (server) => this.options.monitoring.isSettled(server),
    });
    const orders = ordersInForce(this.record, this.files.inForce);
    const changes = orderChanges(this.orders, orders);
    if (changes.length === 0) return;
    const stands = this.standing();
    const clocks = { wallMs: Date.now(), nowMs: monotonicNowMs() };
    this.drains = drainsFor(this.drains, changes, { stands, ...clocks });
    this.orders = orders;
    for (const change of changes)
      logOrderChange(this.options.log, this.nameOf(change.key), change, this.record, this.files.held);
    // What is read first is put into the table by whoever read it.
    if (!isFirst) this.options.onChange();
  }

  /** Whether a place is in the table, or about to be. */
  private standing(): (key: string) => boolean {
    const { live, desired } = this.options.table();
    const tables = [live, desired].map((table) => new TableIndex(table ?? { services: [] }));
    const places = new Map(this.placed.map(({ key, place }) => [key, place]));
    return (key) => tables.some((table) => table.server(places.get(key)) !== undefined);
  }

  private serving() {
    const { configuration } = this.setup;
    const { monitoring } = this.options;
    const healthOf = (server: RealServerConfig) => monitoring.healthOf(server)?.health ?? 'unknown';
    const weightOf = (server: RealServerConfig) => monitoring.weightOf(server);
    return { configuration, placed: this.placed, healthOf, weightOf };
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.requests.then(work);
    this.requests = result.catch(() => undefined);
    return result;
  }

  private async maintain(params: unknown): Promise<MaintenanceAnswer> {
    const request = read(maintenanceRequestSchema, params);
    if (!this.loaded) throw notYet();
    const found = findServers(this.placed, request.server);
    if (!found.ok) throw new UserError(found.text, { code: found.code, hint: found.hint });
    const view = {
      record: this.record,
      files: this.files.inForce,
      serving: this.serving(),
      at: new Date().toISOString(),
    };
    const decision = decideRequest(view, request, found.servers);
    const { action, server, by } = request;
    if (!decision.ok) this.options.log.log('LVSD_DRAIN_REFUSED', { action, server, by, why: decision.text });
    else await this.take(decision.record);
    const servers = maintainedServers(found.servers, (key) => this.maintenanceAt(key));
    const code = decision.ok ? {} : { code: 'LVSD_DRAIN_REFUSED' };
    return { ok: decision.ok, text: decision.text, ...code, servers };
  }

  private async merge(params: unknown): Promise<MaintenanceExchange> {
    const { orders } = read(maintenanceExchangeSchema, params);
    const merged = mergeMaintenance(this.record, orders);
    if (!isWithinLimits(merged)) throw tooMany(merged.length);
    const known = new Set(this.record.map((order) => JSON.stringify(order)));
    const count = merged.filter((order) => !known.has(JSON.stringify(order))).length;
    if (count > 0) {
      const overruled = overruledOrders(this.record, merged);
      await this.take(merged);
      logOverruled(this.options.log, overruled);
      this.options.log.log('LVSD_ORDERS_MERGED', { count });
    }
    return { orders: this.record };
  }

  /** Keeps orders and carries them out; on disk first, so that no restart undoes what was answered. */
  private async take(record: MaintenanceRecord): Promise<void> {
    if (record === this.record) return;
    await this.store.save(record);
    this.record = record;
    if (!this.loaded) return;
    this.decide();
    await this.options.settled();
  }

  private listing(): MaintenanceAnswer {
    if (!this.loaded) throw notYet();
    const out = this.placed.filter(({ key }) => this.orders.has(key) || this.files.held.has(key));
    return { ok: true, text: '', servers: maintainedServers(out, (key) => this.maintenanceAt(key)) };
  }
}

function read<T>(
  schema: { safeParse: (value: unknown) => { success: true; data: T } | { success: false; error: Error } },
  params: unknown,
): T {
  const result = schema.safeParse(params);
  if (result.success) return result.data;
  throw new UserError(`what was asked has another form: ${result.error.message.slice(0, 200)}`, {
    code: 'CONTROL_BAD_PARAMS',
    hint: 'lvsctl and lvsd must be of one version',
  });
}

function tooMany(count: number): UserError {
  return new UserError(`together both directors have ${count} orders about servers, more than can be held`, {
    code: 'LVSD_ORDERS_TOO_MANY',
    hint: 'let servers in that are out of service',
  });
}

function notYet(): UserError {
  return new UserError('lvsd has not read the table yet', {
    code: 'LVSD_NOT_LOADED',
    hint: 'try again in a moment; lvsctl status says what lvsd waits for',
  });
}
