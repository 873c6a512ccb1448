import { monotonicNowMs, patient } from '@piranha/common';
import type { BudgetOrder, ControlPeer, ProbeLoad, SharedNannyStatus } from '@piranha/protocol';
import { latenessNews } from '../core/late-watch.js';
import type { FleetPolicy } from '../core/nanny-fleet.js';
import { RateMeter } from '../core/rate-meter.js';
import { SharedBook } from '../core/shared-book.js';
import { type Description, nextOrder } from '../core/shared-orders.js';
import { FLEET_POLICY, NannyProcesses } from './nanny-processes.js';

/**
 * One processor each: threads beside the main one would only take memory. What a check allocates is garbage soon, but V8
 * learns to put some of it among what stays, where it keeps the check's socket alive until all garbage is collected. A
 * small young generation is collected often and soon: checks begin on time, at half the memory.
 */
const SHARED_FLAGS = ['--single-threaded-gc', '--no-allocation-site-pretenuring', '--max-semi-space-size=2'];
/**
 * Thousands of services lose their watch when it is ended: it may be silent for as long as a busy machine may keep it from
 * its turn.
 */
const SHARED_POLICY: FleetPolicy = {
  ...FLEET_POLICY,
  supervisor: { ...FLEET_POLICY.supervisor, silenceLimitMs: patient(5_000) },
};
const NAME = 'shared ';

interface SharedNanniesOptions {
  readonly program: string;
  readonly socketPath: string;
  /** What a nanny has to know of a real service, read when it is assigned. */
  readonly describe: (id: string) => Description;
  /** A shared nanny has taken a real service over. */
  readonly onWatched: (id: string, pid: number | undefined) => void;
  readonly onRefused: (id: string, problem: string) => void;
  /** Nobody watches it until the next `onWatched`. */
  readonly onUnwatched: (id: string) => void;
  readonly log: (event: SharedNannyEvent, fields: Readonly<Record<string, string | number>>) => void;
}

type SharedNannyEvent =
  | 'LVSD_SHARED_START'
  | 'LVSD_SHARED_FAILED'
  | 'LVSD_SHARED_HANGS'
  | 'LVSD_SHARED_DIED'
  | 'LVSD_PROBES_LATE'
  | 'LVSD_PROBES_ON_TIME';

interface Shared {
  readonly book: SharedBook;
  peer: ControlPeer | undefined;
  load: ProbeLoad | undefined;
  late: boolean;
  readonly rate: RateMeter;
  /** Checks that were held back by processes before the present one. */
  heldBackBefore: number;
}

/** The few processes that watch many real services each, and what each of them has been told to watch. */
export class SharedNannies {
  private readonly processes: NannyProcesses;
  private readonly shared = new Map<string, Shared>();
  private lastNumber = 0;
  /** Checks a second, by name; undefined: no limit. */
  private shares: ReadonlyMap<string, number> | undefined;

  constructor(private readonly options: SharedNanniesOptions) {
    const { program, socketPath, log } = options;
    const sized = (name: string) => ({ nanny: name, services: this.shared.get(name)?.book.size ?? 0 });
    this.processes = new NannyProcesses({
      program,
      socketPath,
      flags: SHARED_FLAGS,
      policy: SHARED_POLICY,
      argumentsOf: (name) => ['--shared', name.slice(NAME.length)],
      checksOf: () => undefined,
      healthOf: () => 'unknown',
      onStarted: (name, pid) => log('LVSD_SHARED_START', { ...sized(name), pid }),
      onFailedStart: (name, problem) => log('LVSD_SHARED_FAILED', { ...sized(name), problem }),
      onKilled: (name, reason) => {
        if (reason !== 'did not stop') log('LVSD_SHARED_HANGS', { ...sized(name), reason });
      },
      onEnded: (name, expected, how) => {
        if (!expected) log('LVSD_SHARED_DIED', { ...sized(name), how });
        this.lost(name);
      },
    });
  }

  /** True for the name of a shared nanny; ids of real services have an address in them. */
  has(name: string): boolean {
    return this.shared.has(name);
  }

  add(id: string, number: number): void {
    const name = `${NAME}${number}`;
    const shared = this.shared.get(name) ?? this.open(name);
    shared.book.add(id);
    this.sendOrders(shared);
  }

  renew(id: string, number: number): void {
    const shared = this.shared.get(`${NAME}${number}`);
    if (!shared) return;
    shared.book.renew(id);
    this.sendOrders(shared);
  }

  remove(id: string, number: number): void {
    const name = `${NAME}${number}`;
    const shared = this.shared.get(name);
    if (!shared) return;
    shared.book.remove(id);
    if (shared.book.size === 0) {
      this.shared.delete(name);
      this.processes.remove(name);
    } else this.sendOrders(shared);
  }

  removeAll(): void {
    this.processes.removeAll();
  }

  /** It said hello; whatever it knew is forgotten and it is told anew. */
  connected(name: string, peer: ControlPeer): void {
    const shared = this.shared.get(name);
    if (!shared) return;
    shared.peer = peer;
    if (this.shares) this.tellBudget(name, shared);
    shared.book.connected();
    this.sendOrders(shared);
  }

  /** It answered a batch of assignments. */
  assigned(name: string, batch: number, refused: ReadonlyMap<number, string>): void {
    const shared = this.shared.get(name);
    const pid = this.processes.pidOf(name);
    for (const { id, number } of shared?.book.answered(batch) ?? []) {
      const problem = refused.get(number);
      if (problem === undefined) this.options.onWatched(id, pid);
      else this.options.onRefused(id, problem);
    }
    if (shared) this.sendOrders(shared);
  }

  loaded(name: string, load: ProbeLoad): void {
    const shared = this.shared.get(name);
    if (!shared) return;
    shared.rate.add(Math.max(0, load.begun - (shared.load?.begun ?? 0)), monotonicNowMs());
    shared.load = load;
    const news = latenessNews(shared.late, load);
    if (news === undefined) return;
    shared.late = news === 'late';
    const fields = { nanny: name, lateMs: load.lateness?.p99Ms ?? 0, waiting: load.waiting };
    this.options.log(shared.late ? 'LVSD_PROBES_LATE' : 'LVSD_PROBES_ON_TIME', fields);
  }

  /** How many checks a second each may make, by its number. */
  setShares(shares: ReadonlyMap<number, number> | undefined): void {
    if (this.shares === undefined && shares === undefined) return;
    this.shares = shares && new Map([...shares].map(([number, share]) => [`${NAME}${number}`, share]));
    for (const [name, shared] of this.shared) this.tellBudget(name, shared);
  }

  /** Checks a second of all, and those that had to wait for the budget. */
  rate(nowMs: number): { readonly perSecond: number; readonly heldBack: number } {
    const all = [...this.shared.values()];
    return {
      perSecond: all.reduce((sum, { rate }) => sum + rate.perSecond(nowMs), 0),
      heldBack: all.reduce(
        (sum, { load, heldBackBefore }) => sum + heldBackBefore + (load?.heldBack ?? 0),
        0,
      ),
    };
  }

  /** The real service of one of its assignments; undefined for one that holds no more. */
  targetOf(name: string, number: number): string | undefined {
    return this.shared.get(name)?.book.idOf(number);
  }

  heard(name: string): void {
    this.processes.heard(name);
  }

  tick(intervalMs: number): void {
    this.processes.tick(intervalMs);
  }

  pidOf(name: string): number | undefined {
    return this.processes.pidOf(name);
  }

  /** The process and the number of its starts, by the number of the shared nanny. */
  nannyOf(number: number): { readonly pid: number | undefined; readonly starts: number } {
    const name = `${NAME}${number}`;
    return { pid: this.processes.pidOf(name), starts: this.processes.startsOf(name) };
  }

  get views(): readonly SharedNannyStatus[] {
    const nowMs = monotonicNowMs();
    return [...this.shared].map(([name, { load, rate }]) => ({
      name,
      madePerSecond: rate.perSecond(nowMs),
      allowedPerSecond: this.shares?.get(name),
      pid: this.processes.pidOf(name),
      starts: this.processes.startsOf(name),
      load,
    }));
  }

  get running(): number {
    return this.processes.running;
  }

  killAll(): void {
    this.processes.killAll();
  }

  private open(name: string): Shared {
    const book = new SharedBook(() => {
      this.lastNumber += 1;
      return this.lastNumber;
    });
    const rate = new RateMeter(monotonicNowMs());
    const shared: Shared = { book, peer: undefined, load: undefined, late: false, rate, heldBackBefore: 0 };
    this.shared.set(name, shared);
    // Its line in the log tells for how many it was started: those that come in the same turn too.
    queueMicrotask(() => {
      if (this.shared.get(name) === shared) this.processes.add(name);
    });
    return shared;
  }

  private lost(name: string): void {
    const shared = this.shared.get(name);
    if (!shared) return;
    shared.peer = undefined;
    shared.heldBackBefore += shared.load?.heldBack ?? 0;
    shared.load = undefined;
    shared.book.disconnected();
    for (const id of shared.book.all) this.options.onUnwatched(id);
  }

  private tellBudget(name: string, { peer }: Shared): void {
    const order: BudgetOrder = { checksPerSecond: this.shares?.get(name) };
    peer?.emit('nanny.budget', order);
  }

  private sendOrders({ book, peer }: Shared): void {
    if (!peer) return;
    const next = () => nextOrder(book, this.options.describe);
    for (let order = next(); order; order = next()) peer.emit(order.event, order.data);
  }
}
