import { monotonicNowMs } from '@piranha/common';
import type { RealServerConfig } from '@piranha/config';
import type { EventFields, EventId, EventLog } from '@piranha/events';
import type { ServerVerdict, Table } from '@piranha/ipvs';
import type {
  CheckIntervalStatus,
  ProbeRateStatus,
  ProbeStatus,
  SharedNannyStatus,
  WeightReading,
} from '@piranha/protocol';
import { adoptFromTable, presumeInitial } from '../core/adoption.js';
import { type CheckTarget, presentIntervalMs } from '../core/check-targets.js';
import type { Health, HealthState } from '../core/health.js';
import { serverText, startedFields } from '../core/nanny-lines.js';
import { type NannyPlace, nannyPlaces } from '../core/nanny-places.js';
import { planNannies } from '../core/nanny-plan.js';
import { type ProbeBudget, probeBudget } from '../core/probe-budget.js';
import { ProbeTally } from '../core/probe-tally.js';
import { nannyOrders, type Setup } from '../core/setup.js';
import { TableIndex } from '../core/table-places.js';
import { HealthBoard } from './health-board.js';
import { Nannies } from './nannies.js';
import { NannyPeers } from './nanny-peers.js';
import { FLEET_POLICY } from './nanny-processes.js';
import { WeightBoard } from './weight-board.js';

/** A server without a nanny keeps its state this long, ms. */
const KEEP_WITHOUT_NANNY_MS = 10_000;

interface MonitoringOptions {
  readonly setup: Setup;
  readonly nannyProgram: string;
  readonly socketPath: string;
  /** How many shared nannies there may be. */
  readonly sharedNannies: number;
  readonly log: EventLog;
  /** An operator's order holds a server at weight 0. */
  readonly isDrained: (server: RealServerConfig) => boolean;
  /** Some server is believed to be something else than before. */
  readonly onChange: () => void;
  /** A nanny, or the lack of one, changed what is believed of a server; not called for what is only presumed. */
  readonly onHealth: (target: CheckTarget, before: Health, after: HealthState) => void;
}

/** The servers' health: nannies, what they say, and what is believed while they are silent. */
export class Monitoring {
  readonly peers: NannyPeers;
  private setup: Setup;
  private targets: ReadonlyMap<string, CheckTarget>;
  private readonly board = new HealthBoard(KEEP_WITHOUT_NANNY_MS);
  private readonly weights: WeightBoard;
  private places: ReadonlyMap<string, NannyPlace>;
  private budget: ProbeBudget | undefined;
  /** From begin to begin of the last two checks, ms. */
  private readonly intervals = new Map<string, number>();
  private readonly nannies: Nannies;
  private readonly probes = new ProbeTally(monotonicNowMs());
  private started = false;
  private stopping = false;

  constructor(private readonly options: MonitoringOptions) {
    this.setup = options.setup;
    this.targets = targetMap(options.setup);
    this.places = this.placesOf(options.setup);
    this.budget = this.budgetOf(options.setup);
    this.board.setTargets(options.setup.index.targets, this.budget?.roundMs);
    this.weights = new WeightBoard(options.log);
    this.weights.setTargets(options.setup.index.targets, options.setup.configuration);
    this.nannies = this.makeNannies();
    this.nannies.setBudget(this.budget);
    this.peers = new NannyPeers({
      pidOf: (name) => this.nannies.pidOf(name),
      membersOf: (name) => this.nannies.membersOf(name),
      onHeard: (name) => this.nannies.heard(name),
      onHello: (name, peer) => {
        for (const id of this.nannies.greet(name, peer)) this.board.feed(id, { type: 'nannyPresent' });
      },
      onResult: (id, up, reason) => this.result(id, up, reason),
      onProbe: (name, probe) => {
        this.probes.take(probe, monotonicNowMs());
        if (probe.intervalMs === undefined) return;
        for (const id of this.nannies.membersOf(name)) this.intervals.set(id, probe.intervalMs);
      },
      onInterval: (id, intervalMs) => this.intervals.set(id, intervalMs),
      onReading: (id, reading) => this.reading(id, reading),
      onOwnReading: (name, reading) => this.nannies.read(name, reading),
      onLine: (id, { event, fields }, pid) => this.line(id, event, fields, pid),
      isShared: (id) => this.nannies.isShared(id),
      targetOf: (name, number) => this.nannies.targetOf(name, number),
      onAssigned: (name, batch, refused) => this.nannies.assigned(name, batch, refused),
      onLoad: (name, load) => this.nannies.loaded(name, load),
      onStranger: (message) => options.log.log('LVSD_STRANGER', { message }),
    });
  }

  /** Presumes from the table what no nanny has told yet. */
  adopt(live: Table): void {
    const index = new TableIndex(live);
    this.presume(index);
    this.weights.adopt(this.setup.configuration, index, this.options.isDrained);
  }

  private presume(index: TableIndex): void {
    for (const target of this.setup.index.targets) {
      if (this.board.get(target.id)?.health !== 'unknown') continue;
      const adopted = adoptFromTable(this.setup.configuration, target, index, this.options.isDrained);
      const adoption = adopted ?? presumeInitial(target);
      if (!adoption) continue;
      this.board.feed(target.id, { type: 'adopted', ...adoption });
      const event = adopted ? 'LVSD_ADOPTED' : 'LVSD_PRESUMED';
      this.options.log.log(event, { ...names(target), health: adoption.health });
    }
  }

  /** Starts the nannies; a second call does nothing. */
  start(): void {
    if (this.started || this.stopping) return;
    this.started = true;
    for (const { id } of this.setup.index.targets) this.nannies.add(id);
  }

  /** Takes over a new configuration: only nannies whose command line or place differs are touched. How many they were. */
  change(setup: Setup, live: Table | undefined): number {
    const plan = planNannies(nannyOrders(this.setup), nannyOrders(setup));
    this.setup = setup;
    this.targets = targetMap(setup);
    this.places = this.placesOf(setup);
    this.budget = this.budgetOf(setup);
    this.nannies.setBudget(this.budget);
    this.board.setTargets(setup.index.targets, this.budget?.roundMs);
    for (const id of [...plan.removed, ...plan.renewed]) this.intervals.delete(id);
    // A service or server that only changed its name has its entry already.
    if (live) this.presume(new TableIndex(live));
    this.weights.setTargets(setup.index.targets, setup.configuration);
    for (const id of plan.removed) this.nannies.remove(id);
    const touched = plan.added.length + plan.removed.length + plan.renewed.length;
    if (!this.started) return touched;
    for (const id of plan.renewed) this.nannies.renew(id);
    for (const id of plan.added) this.nannies.add(id);
    return touched + this.nannies.moveAll();
  }

  tick(intervalMs: number): void {
    this.nannies.tick(intervalMs);
    const expired = this.board.tick();
    for (const id of expired) {
      this.logTarget('LVSD_SERVER_UNWATCHED', id);
      this.tellHealth(id, 'up');
    }
    const weighed = this.weights.tick();
    if (expired.length > 0 || weighed) this.options.onChange();
  }

  /** Health of a server block; undefined for one that is not active. */
  healthOf(server: RealServerConfig): HealthState | undefined {
    const id = this.setup.index.idOf(server);
    return id === undefined ? undefined : this.board.get(id);
  }

  /** Tells what the table is to make of each server: who returns starts slowly. */
  useAs(verdictOf: (target: CheckTarget) => ServerVerdict): void {
    for (const target of this.setup.index.targets) this.weights.use(target.id, verdictOf(target));
  }

  /** Weight of a server whose weight moves; undefined for any other. */
  weightOf(server: RealServerConfig): number | undefined {
    return this.weights.weightOf(this.setup.index.idOf(server));
  }

  nannyOf(server: RealServerConfig): { readonly pid: number | undefined; readonly starts: number } {
    const id = this.setup.index.idOf(server);
    return id === undefined ? { pid: undefined, starts: 0 } : this.nannies.nannyOf(id);
  }

  /** How often a server is checked; undefined before its second check. */
  checkIntervalOf(server: RealServerConfig): CheckIntervalStatus | undefined {
    const id = this.setup.index.idOf(server);
    const target = this.targets.get(id ?? '');
    const actualMs = this.intervals.get(id ?? '');
    if (!target || actualMs === undefined) return undefined;
    return {
      configuredMs: presentIntervalMs(target, this.board.get(target.id)?.health === 'down'),
      actualMs,
    };
  }

  /** Checks that are made in a second, by nannies of either kind, and what they are allowed. */
  get probeRate(): ProbeRateStatus {
    const nowMs = monotonicNowMs();
    const { perSecond, heldBack } = this.nannies.sharedRate(nowMs);
    const madePerSecond = Math.round((perSecond + this.probes.perSecond(nowMs)) * 10) / 10;
    const budgetPerSecond = this.setup.configuration.probesPerSecond;
    return { madePerSecond, heldBack, ...(budgetPerSecond === undefined ? {} : { budgetPerSecond }) };
  }

  /** The checks of nannies of one real service each; of a shared one they stand with it. */
  get ownProbes(): ProbeStatus {
    return this.probes.status(monotonicNowMs());
  }

  /** The processes that watch many real services each; none where every one has its own nanny. */
  get sharedNannies(): readonly SharedNannyStatus[] {
    return this.nannies.sharedViews;
  }

  /** True once no server's first verdict is waited for any more. */
  get settled(): boolean {
    return this.started && this.board.settled;
  }

  /** True once a server's first verdict is not waited for any more. */
  isSettled(server: RealServerConfig): boolean {
    const id = this.setup.index.idOf(server);
    return this.started && (id === undefined || this.board.isSettled(id));
  }

  /** Ends all nannies; what they still say is not listened to. */
  stop(): void {
    this.stopping = true;
    this.nannies.removeAll();
  }

  /** How many servers are watched, and how many of them are up. */
  get counts(): { readonly serversUp: number; readonly serversTotal: number } {
    const { up: serversUp, total: serversTotal } = this.board;
    return { serversUp, serversTotal };
  }

  get running(): number {
    return this.nannies.running;
  }

  killAll(): void {
    this.nannies.killAll();
  }

  private placesOf({ index, probes, configuration }: Setup): ReadonlyMap<string, NannyPlace> {
    const { nannyProcesses, probesPerSecond } = configuration;
    const { sharedNannies } = this.options;
    return nannyPlaces(index.targets, probes, nannyProcesses, sharedNannies, probesPerSecond);
  }

  private budgetOf({ index, probes, configuration: { probesPerSecond } }: Setup): ProbeBudget | undefined {
    return probesPerSecond === undefined
      ? undefined
      : probeBudget(index.targets, probes, this.places, probesPerSecond);
  }

  private makeNannies(): Nannies {
    const { nannyProgram: program, socketPath, log } = this.options;
    const argumentsOf = (id: string) => this.setup.commandLines.get(id) ?? [];
    const checksOf = (id: string) => this.setup.checks.get(id);
    const healthOf = (id: string) => this.board.get(id)?.health ?? 'unknown';
    return new Nannies({
      placeOf: (id) => this.places.get(id) ?? 'own',
      own: {
        program,
        socketPath,
        policy: FLEET_POLICY,
        keyOf: (id) => this.setup.probes.get(id) ?? id,
        argumentsOf,
        checksOf,
        healthOf,
        onStarted: (id, pid) => this.logTarget('LVSD_MONITOR_START', id, { pid }),
        onFailedStart: (id, problem) => this.logTarget('LVSD_MONITOR_FAILED', id, { problem }),
        onKilled: (id, reason) => {
          if (reason !== 'did not stop') this.logTarget('LVSD_NANNY_HANGS', id, { reason });
        },
        onEnded: (id, expected, how) => {
          this.board.feed(id, { type: 'nannyGone' });
          if (!expected) this.logTarget('LVSD_NANNY_DIED', id, { how });
        },
        onJoined: (id, sibling, pid) => this.joined(id, sibling, pid),
        onReading: (id, reading) => this.reading(id, reading),
        onUnwatched: (id) => this.board.feed(id, { type: 'nannyGone' }),
      },
      shared: {
        program,
        socketPath,
        describe: (id) => ({ words: argumentsOf(id), state: healthOf(id), checks: checksOf(id) }),
        onWatched: (id, pid) => {
          this.board.feed(id, { type: 'nannyPresent' });
          if (pid !== undefined) this.logTarget('LVSD_MONITOR_START', id, { pid });
        },
        onRefused: (id, problem) => {
          this.board.feed(id, { type: 'nannyGone' });
          this.logTarget('LVSD_MONITOR_FAILED', id, { problem });
        },
        onUnwatched: (id) => this.board.feed(id, { type: 'nannyGone' }),
        log: (event, fields) => log.log(event, fields),
      },
    });
  }

  /** What a nanny says of its real service, as one of each virtual service would. */
  private line(id: string, event: EventId, fields: EventFields, pid: number | undefined): void {
    const target = this.targets.get(id);
    const told = target && event === 'NANNY_STARTED' ? startedFields(target) : fields;
    this.options.log.log(event, told, pid);
  }

  /** What is known of a real service is told at once of one more virtual service that has it. */
  private joined(id: string, sibling: string, pid: number | undefined): void {
    this.board.feed(id, { type: 'nannyPresent' });
    const target = this.targets.get(id);
    if (target === undefined) return;
    const server = serverText(target);
    this.line(id, 'NANNY_STARTED', {}, pid);
    const known = this.board.get(sibling);
    // What a nanny that is no more said is not the word of this one.
    if (!known?.proven || known.unwatchedSinceMs !== undefined) return;
    const before = this.board.get(id)?.health;
    const [up, reason] = [known.health === 'up', known.reason];
    const down = before === 'up' ? 'NANNY_SERVER_DOWN' : 'NANNY_SERVER_DOWN_AT_START';
    if (before !== known.health) this.line(id, up ? 'NANNY_SERVER_UP' : down, { server }, pid);
    // A reload is under way, which finds the table as it was.
    queueMicrotask(() => this.result(id, up, reason));
  }

  private reading(id: string, reading: WeightReading): void {
    if (this.weights.take(id, reading)) this.options.onChange();
  }

  private result(id: string, up: boolean, reason: string): void {
    if (this.stopping) return;
    const before = this.board.get(id)?.health ?? 'unknown';
    if (!this.board.feed(id, { type: 'result', up, reason })) return;
    this.options.onChange();
    this.tellHealth(id, before);
  }

  private tellHealth(id: string, before: Health): void {
    const target = this.targets.get(id);
    const after = this.board.get(id);
    if (target && after) this.options.onHealth(target, before, after);
  }

  private logTarget(
    event:
      | 'LVSD_MONITOR_START'
      | 'LVSD_MONITOR_FAILED'
      | 'LVSD_NANNY_HANGS'
      | 'LVSD_NANNY_DIED'
      | 'LVSD_SERVER_UNWATCHED',
    id: string,
    fields: Readonly<Record<string, string | number>> = {},
  ): void {
    const target = this.targets.get(id);
    if (target) this.options.log.log(event, { ...names(target), ...fields });
  }
}

function targetMap(setup: Setup): Map<string, CheckTarget> {
  return new Map(setup.index.targets.map((target) => [target.id, target]));
}

function names({ service, server }: CheckTarget): { readonly service: string; readonly server: string } {
  return { service: service.name, server: server.name };
}
