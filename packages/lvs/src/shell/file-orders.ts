import type { RealServerConfig } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import type { Table } from '@piranha/ipvs';
import { type MaintenanceRecord, SERVER_ORDER_LIMIT } from '@piranha/protocol';
import { maintenanceExchangeSchema } from '@piranha/protocol/maintenance-schemas';
import { decideFiles, keptOrders, unsettledPlaces } from '../core/file-orders.js';
import { hostNameIn, type PlacedServer } from '../core/find-servers.js';
import {
  type OrderInForce,
  type OrdersInForce,
  ordersInForce,
  type ServingView,
} from '../core/maintenance.js';
import { type MaintenanceFile, readMaintenanceFiles } from '../core/maintenance-files.js';
import { outBefore } from '../core/maintenance-view.js';
import { HostNames, type LookUp } from './host-names.js';
import { type DirectoryLook, readMaintenanceDirectory } from './maintenance-directory.js';
import { MaintenanceStore } from './maintenance-store.js';

/** A directory that takes longer is told of, ms. */
const ANSWER_LIMIT_MS = 5_000;
const NO_ORDERS: OrdersInForce = new Map();
const NOTHING = { files: [], unreadable: [] } as const;

interface FileOrdersOptions {
  /** Where the orders that are obeyed are kept for the next lvsd. */
  readonly file: string;
  readonly log: Pick<EventLog, 'log'>;
  /** How a directory is read. */
  readonly read?: (path: string) => Promise<DirectoryLook>;
  /** Addresses of the host names that files are called by. */
  readonly lookUp?: LookUp;
}

/** What is needed to decide about the files. */
interface FileView {
  readonly serving: Omit<ServingView, 'orders'>;
  /** The orders of operators. */
  readonly record: MaintenanceRecord;
  /** The live table at the start, which shows who was out before. */
  readonly found: Table | undefined;
  readonly isSettled: (server: RealServerConfig) => boolean;
}

/** The orders of the files in maintenance_dir. */
export class FileOrders {
  private readonly store: MaintenanceStore;
  /** As they were seen last; undefined as long as nobody could look. */
  private seen: Omit<Extract<DirectoryLook, { ok: true }>, 'ok' | 'isMissing'> | undefined;
  private obeyed: OrdersInForce;
  /** Out of service until the first verdicts show whether somebody else serves. */
  private waiting: OrdersInForce = NO_ORDERS;
  /** By place; not in force, for a service would have no server left. */
  held: OrdersInForce = NO_ORDERS;
  private kept: string;
  private saved: Promise<void> = Promise.resolve();
  /** What was told of files, so that it is told once. */
  private told: ReadonlySet<string> = new Set();
  private problem: string | undefined;
  private isMissing = false;
  private readonly hosts: HostNames;

  constructor(private readonly options: FileOrdersOptions) {
    this.hosts = new HostNames(options.lookUp);
    this.store = new MaintenanceStore(options.file, options.log);
    const record = this.store.read();
    this.obeyed = ordersInForce(record, NO_ORDERS);
    this.kept = textOf(recordOf(this.obeyed));
  }

  get inForce(): OrdersInForce {
    return this.waiting.size === 0 ? this.obeyed : new Map([...this.obeyed, ...this.waiting]);
  }

  /** True while what is decided may become otherwise by the servers' health alone. */
  get isOpen(): boolean {
    return this.held.size + this.waiting.size > 0;
  }

  /** Looks into the directory; true where the files are others than before. What cannot be read leaves everything as it is. */
  async look(path: string, isWanted: () => boolean): Promise<boolean> {
    const { read = readMaintenanceDirectory } = this.options;
    const late = setTimeout(() => this.tellProblem(path, 'it does not answer'), ANSWER_LIMIT_MS).unref();
    const look = await read(path).finally(() => clearTimeout(late));
    if (!isWanted()) return false;
    this.tellProblem(path, look.ok ? undefined : look.problem);
    if (!look.ok) return false;
    const { files, unreadable, isMissing = false } = look;
    // A wrong path, or a file system that is not mounted, would put servers back without a word.
    if (isMissing && !this.isMissing) this.options.log.log('LVSD_MAINTENANCE_DIR_MISSING', { path });
    this.isMissing = isMissing;
    const isSame = JSON.stringify({ files, unreadable }) === JSON.stringify(this.seen);
    this.seen = { files, unreadable };
    this.hosts.refresh();
    return this.hosts.takeNews() || !isSame;
  }

  /** There is no maintenance_dir. */
  forget(): void {
    this.seen = NOTHING;
    this.hosts.want([]);
  }

  decide({ serving, record, found, isSettled }: FileView): void {
    const { seen } = this;
    if (seen === undefined) return;
    if (seen.files.length + seen.unreadable.length + this.inForce.size + this.held.size === 0) return;
    const { placed } = serving;
    const addressesOf = (name: string) => this.hosts.addressesOf(name);
    const { orders, problems } = readMaintenanceFiles(seen.files, placed, addressesOf);
    const { unanswered, pending } = this.askFor(seen.files, placed);
    const kept = keptOrders(
      this.obeyed,
      new Set([...seen.unreadable.map(({ name }) => name), ...unanswered]),
    );
    const unsettled = unsettledPlaces(placed, isSettled);
    const out = found ? outBefore(found, placed) : new Set<string>();
    const view = { ...serving, orders: ordersInForce(record, NO_ORDERS) };
    const before = { obeyed: this.obeyed, waiting: this.waiting };
    const decision = decideFiles(view, before.obeyed, [...kept, ...orders], (key) => out.has(key), {
      waiting: before.waiting,
      isUnsettled: (key) => unsettled.has(key),
    });
    const { refused } = decision;
    this.obeyed = decision.obeyed;
    this.waiting = decision.waiting;
    this.held = decision.held;
    this.keep();
    this.tellAll(
      [...problems.filter(({ name }) => !pending.has(name)), ...seen.unreadable.map(asProblem)],
      refused,
    );
  }

  /** Has names looked up that are nothing of lvs.cf. The files of those without an answer, and of those not asked for yet. */
  private askFor(files: readonly MaintenanceFile[], placed: readonly PlacedServer[]) {
    const strange = readMaintenanceFiles(files, placed).problems.flatMap(({ name }) => {
      const host = hostNameIn(name);
      return host === undefined ? [] : [{ name, host }];
    });
    this.hosts.want(strange.map(({ host }) => host));
    const those = (isMeant: (host: string) => boolean) =>
      new Set(strange.filter(({ host }) => isMeant(host)).map(({ name }) => name));
    return {
      unanswered: those((host) => this.hosts.addressesOf(host) === undefined),
      pending: those((host) => this.hosts.isPending(host)),
    };
  }

  private tellAll(
    problems: readonly { readonly name: string; readonly problem: string }[],
    refused: readonly { readonly name: string; readonly services: readonly string[] }[],
  ): void {
    const { log } = this.options;
    this.tellOnce(
      new Map([
        ...problems.map(({ name, problem }): [string, () => void] => [
          `ignored ${name}`,
          () => log.log('LVSD_FILE_IGNORED', { file: name, problem }),
        ]),
        ...refused.map(({ name, services }): [string, () => void] => [
          `held ${name}`,
          () => log.log('LVSD_FILE_HELD', { file: name, services: services.join(', ') }),
        ]),
      ]),
    );
  }

  /** Tells what was not told the last time; what is over may be told again. */
  private tellOnce(lines: ReadonlyMap<string, () => void>): void {
    for (const [what, tell] of lines) if (!this.told.has(what)) tell();
    this.told = new Set(lines.keys());
  }

  private tellProblem(path: string, problem: string | undefined): void {
    if (problem !== undefined && problem !== this.problem)
      this.options.log.log('LVSD_MAINTENANCE_DIR', { path, problem });
    this.problem = problem;
  }

  /** Writes down what is obeyed. Where that fails, which the store tells, it is obeyed all the same. */
  private keep(): void {
    const record = recordOf(this.obeyed);
    const text = textOf(record);
    if (text === this.kept) return;
    this.kept = text;
    this.saved = this.saved.then(() => this.store.save(record)).catch(() => undefined);
  }
}

function asProblem({ name, problem }: { readonly name: string; readonly problem: string }) {
  return { name, problem: `it cannot be read: ${problem}; what it said before goes on` };
}

/** As the store keeps orders; the few that it would refuse are left out. */
function recordOf(orders: OrdersInForce): MaintenanceRecord {
  return [...orders]
    .map(([place, order]: [string, OrderInForce]) => ({ ...order, place, version: 1 }))
    .filter((order) => maintenanceExchangeSchema.safeParse({ orders: [order] }).success)
    .slice(0, SERVER_ORDER_LIMIT);
}

function textOf(record: MaintenanceRecord): string {
  return record
    .map((order) => JSON.stringify(order))
    .sort()
    .join('\n');
}
