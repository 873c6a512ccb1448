import type { RealServerConfig } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import type { Table } from '@piranha/ipvs';
import { adoptFromTable } from '../core/adoption.js';
import type { CheckTarget } from '../core/check-targets.js';
import type { Health, HealthState } from '../core/health.js';
import { type NannyPlan, planNannies } from '../core/nanny-plan.js';
import type { Setup } from '../core/setup.js';
import { TableIndex } from '../core/table-places.js';
import { HealthBoard } from './health-board.js';
import { NannyPeers } from './nanny-peers.js';
import { FLEET_POLICY, NannyProcesses } from './nanny-processes.js';

/** A server without a nanny keeps its state this long, ms. */
const KEEP_WITHOUT_NANNY_MS = 10_000;

interface MonitoringOptions {
  readonly setup: Setup;
  readonly nannyProgram: string;
  readonly socketPath: string;
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
  private readonly nannies: NannyProcesses;
  private started = false;
  private stopping = false;

  constructor(private readonly options: MonitoringOptions) {
    this.setup = options.setup;
    this.targets = targetMap(options.setup);
    this.board.setTargets(options.setup.index.targets);
    this.nannies = this.makeNannies();
    this.peers = new NannyPeers({
      pidOf: (id) => this.nannies.pidOf(id),
      onHeard: (id) => this.nannies.heard(id),
      onHello: (id) => this.board.feed(id, { type: 'nannyPresent' }),
      onResult: (id, up, reason) => this.result(id, up, reason),
      onLine: ({ event, fields }, pid) => options.log.log(event, fields, pid),
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

  /** Takes over a new configuration: only nannies whose command line differs are touched. */
  change(setup: Setup, live: Table | undefined): NannyPlan {
    const plan = planNannies(this.setup.commandLines, setup.commandLines);
    this.setup = setup;
    this.targets = targetMap(setup);
    this.board.setTargets(setup.index.targets);
    // A service or server that only changed its name has its entry already.
    if (live) this.adopt(live);
    for (const id of plan.removed) this.nannies.remove(id);
    if (!this.started) return plan;
    for (const id of plan.renewed) this.nannies.renew(id);
    for (const id of plan.added) this.nannies.add(id);
    return plan;
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
    if (id === undefined) return { pid: undefined, starts: 0 };
    return { pid: this.nannies.pidOf(id), starts: this.nannies.startsOf(id) };
  }

  /** Servers that are up, of all that are watched. */
  counts(): { readonly up: number; readonly total: number } {
    return this.board.counts();
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

  get running(): number {
    return this.nannies.running;
  }

  killAll(): void {
    this.nannies.killAll();
  }

  private makeNannies(): NannyProcesses {
    const { nannyProgram, socketPath } = this.options;
    return new NannyProcesses({
      program: nannyProgram,
      socketPath,
      policy: FLEET_POLICY,
      argumentsOf: (id) => this.setup.commandLines.get(id) ?? [],
      healthOf: (id) => this.board.get(id)?.health ?? 'unknown',
      onStarted: (id, pid) => this.logTarget('LVSD_MONITOR_START', id, { pid }),
      onFailedStart: (id, problem) => this.logTarget('LVSD_MONITOR_FAILED', id, { problem }),
      onKilled: (id, reason) => {
        if (reason !== 'did not stop') this.logTarget('LVSD_NANNY_HANGS', id, { reason });
      },
      onEnded: (id, expected, how) => {
        this.board.feed(id, { type: 'nannyGone' });
        if (!expected) this.logTarget('LVSD_NANNY_DIED', id, { how });
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
