import type { RealServerConfig } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import type { Table } from '@piranha/ipvs';
import type { SharedNannyStatus } from '@piranha/protocol';
import { adoptFromTable } from '../core/adoption.js';
import type { CheckTarget } from '../core/check-targets.js';
import type { Health, HealthState } from '../core/health.js';
import { type NannyPlace, nannyPlaces } from '../core/nanny-places.js';
import { planNannies } from '../core/nanny-plan.js';
import type { Setup } from '../core/setup.js';
import { TableIndex } from '../core/table-places.js';
import { HealthBoard } from './health-board.js';
import { Nannies } from './nannies.js';
import { NannyPeers } from './nanny-peers.js';
import { FLEET_POLICY } from './nanny-processes.js';

/** A server without a nanny keeps its state this long, ms. */
const KEEP_WITHOUT_NANNY_MS = 10_000;

interface MonitoringOptions {
  readonly setup: Setup;
  readonly nannyProgram: string;
  readonly socketPath: string;
  /** How many shared nannies there may be. */
  readonly sharedNannies: number;
  readonly log: EventLog;
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
  private places: ReadonlyMap<string, NannyPlace>;
  private readonly nannies: Nannies;
  private started = false;
  private stopping = false;

  constructor(private readonly options: MonitoringOptions) {
    this.setup = options.setup;
    this.targets = targetMap(options.setup);
    this.places = this.placesOf(options.setup);
    this.board.setTargets(options.setup.index.targets);
    this.nannies = this.makeNannies();
    this.peers = new NannyPeers({
      pidOf: (id) => this.nannies.pidOf(id),
      onHeard: (id) => this.nannies.heard(id),
      onHello: (id, peer) => {
        if (this.nannies.greet(id, peer)) this.board.feed(id, { type: 'nannyPresent' });
      },
      onResult: (id, up, reason) => this.result(id, up, reason),
      onLine: ({ event, fields }, pid) => options.log.log(event, fields, pid),
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
    for (const target of this.setup.index.targets) {
      if (this.board.get(target.id)?.health !== 'unknown') continue;
      const adoption = adoptFromTable(this.setup.configuration, target, index);
      if (!adoption) continue;
      this.board.feed(target.id, { type: 'adopted', ...adoption });
      this.options.log.log('LVSD_ADOPTED', { ...names(target), health: adoption.health });
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
    const plan = planNannies(this.setup.commandLines, setup.commandLines);
    this.setup = setup;
    this.targets = targetMap(setup);
    this.places = this.placesOf(setup);
    this.board.setTargets(setup.index.targets);
    // A service or server that only changed its name has its entry already.
    if (live) this.adopt(live);
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
    if (expired.length > 0) this.options.onChange();
  }

  /** Health of a server block; undefined for one that is not active. */
  healthOf(server: RealServerConfig): HealthState | undefined {
    const id = this.setup.index.idOf(server);
    return id === undefined ? undefined : this.board.get(id);
  }

  nannyOf(server: RealServerConfig): { readonly pid: number | undefined; readonly starts: number } {
    const id = this.setup.index.idOf(server);
    return id === undefined ? { pid: undefined, starts: 0 } : this.nannies.nannyOf(id);
  }

  /** The processes that watch many real services each; none where every one has its own nanny. */
  get sharedNannies(): readonly SharedNannyStatus[] {
    return this.nannies.sharedViews;
  }

  /** True once no server's first verdict is waited for any more. */
  get settled(): boolean {
    return this.started && this.board.settled;
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

  private placesOf({ index, configuration }: Setup): ReadonlyMap<string, NannyPlace> {
    return nannyPlaces(index.targets, configuration.nannyProcesses, this.options.sharedNannies);
  }

  private makeNannies(): Nannies {
    const { nannyProgram: program, socketPath, log } = this.options;
    const argumentsOf = (id: string) => this.setup.commandLines.get(id) ?? [];
    const healthOf = (id: string) => this.board.get(id)?.health ?? 'unknown';
    return new Nannies({
      placeOf: (id) => this.places.get(id) ?? 'own',
      own: {
        program,
        socketPath,
        policy: FLEET_POLICY,
        argumentsOf,
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
      },
      shared: {
        program,
        socketPath,
        describe: (id) => ({ words: argumentsOf(id), state: healthOf(id) }),
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
