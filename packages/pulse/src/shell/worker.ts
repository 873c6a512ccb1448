import { errorText, monotonicNowMs } from '@piranha/common';
import { MAIN_GROUP } from '@piranha/config';
import type { Notifier } from '@piranha/notify';
import type {
  HeartbeatMeasurement,
  HeartbeatWord,
  PulseAlive,
  PulseStatus,
  ReloadAnswer,
  RunDirectory,
  StoodIn,
} from '@piranha/protocol';
import { beatContent } from '../core/beat-content.js';
import { heardOfBeat } from '../core/beat-event.js';
import type { BeatContent } from '../core/beat-voice.js';
import { silenceMs } from '../core/beats-count.js';
import { listeningSeconds, moveCostText } from '../core/coverage.js';
import { type GroupEffect, type GroupStates, orderInForce } from '../core/group-step.js';
import { nextTickMs, stepPulse } from '../core/machine.js';
import { wordOf } from '../core/moves.js';
import { type HeardWords, NodeGroups } from '../core/node-groups.js';
import { endsSilence } from '../core/others-summary.js';
import type { HeartbeatPath } from '../core/settings.js';
import { hasSlept } from '../core/sleep.js';
import { startPulse } from '../core/start.js';
import type { PulseEvent, PulseStart, PulseState } from '../core/types.js';
import { groupPlans } from '../core/vip-groups.js';
import { AdaptiveDeadtime } from './adaptive-deadtime.js';
import { aliveReport } from './alive-report.js';
import { AnnouncedLine } from './announced-line.js';
import { CurrentGate } from './current-gate.js';
import { type EffectNeeds, runEffect } from './effects.js';
import { GroupMover } from './group-mover.js';
import { GroupRoles, missedBefore, preparedBefore } from './group-roles.js';
import { policyGroups, regroupOrRefuse } from './group-views.js';
import { HeartbeatMeasures } from './heartbeat-measures.js';
import type { LoadedSettings } from './load-settings.js';
import { NeighbourKeeper } from './neighbour-keeper.js';
import { NodePolicy, type PolicyParts } from './node-policy.js';
import { configurationOf, type HeardOnLine, type LineHandlers, PartnerLine } from './partner-line.js';
import { PathTimes } from './path-times.js';
import { followStandby, reloadLvsd } from './reload-lvsd.js';
import { type SavedState, writeSavedState } from './saved-state.js';
import type { SupervisedDaemon } from './supervised-daemon.js';
import { TickTimer } from './tick-timer.js';
import { TimesInUse } from './times-in-use.js';
import { heardSeconds, partnerOf, partnerWordOf, pathStatuses, pulseStatus } from './worker-status.js';

const NO_COST = Promise.resolve(undefined);

export interface WorkerParts extends PolicyParts {
  readonly files: RunDirectory;
  readonly configFile: string;
  readonly lvsd: SupervisedDaemon;
  readonly notifier: Notifier;
  /** Called after each change that the guardian must know. */
  readonly onChange: () => void;
  readonly onExit: () => void;
}

/** Carries out what the state machine decides: sockets, addresses, children, log. */
export class PulseWorker {
  private readonly groups: NodeGroups;
  private readonly roles: GroupRoles;
  private readonly mover: GroupMover;
  private readonly line: PartnerLine;
  private readonly ticks: TickTimer;
  /** What the wall clock is ahead of the one that nobody sets, ms. */
  private readonly clockAtStartMs = Date.now() - monotonicNowMs();
  /** What the voluntary move under way costs. */
  private moveCost: Promise<string | undefined> = NO_COST;
  private readonly pathTimes = new PathTimes();
  private readonly measure: HeartbeatMeasures;
  private readonly adaptive: AdaptiveDeadtime;
  private readonly gate: CurrentGate;
  private readonly times: TimesInUse;
  private readonly neighbours: NeighbourKeeper;
  private readonly effectNeeds: EffectNeeds;
  readonly policy: NodePolicy;

  constructor(
    private readonly parts: WorkerParts,
    private loaded: LoadedSettings,
  ) {
    this.groups = new NodeGroups({ startPulse, stepPulse, nextTickMs }, groupPlans(loaded.configuration));
    this.groups.start(loaded.settings, () => ({ type: 'fresh' }), monotonicNowMs(), undefined);
    const { files, log, backend, lvsd } = parts;
    this.roles = new GroupRoles(parts.notifier, this.groups);
    this.mover = new GroupMover({
      backend,
      lvsd,
      groups: this.groups,
      roles: this.roles,
      loaded: (group) => this.loadedFor(group),
      dispatch: (event, group) => this.dispatch(event, [group]),
    });
    this.measure = new HeartbeatMeasures(files.heartbeatStatistics, loaded, (problem) =>
      log.log('PULSE_STATE_UNWRITABLE', { problem }),
    );
    this.adaptive = new AdaptiveDeadtime(
      () => this.measure.first,
      log,
      () => this.loaded,
    );
    this.policy = new NodePolicy(parts, {
      dispatch: (event, groups) => this.dispatch(event, groups),
      groups: () => policyGroups(this.groups, this.loaded, this.line.partnerBeat()),
      now: () => ({ ...this.loaded, state: this.state }),
      cost: () => this.moveCost,
      coverage: async () => (await this.syncStatus())?.coverage,
      witness: () => this.gate.status(),
      partnerView: (name) => this.line.partnerView(name),
      onMissed: () => this.save(),
    });
    this.ticks = new TickTimer({
      dueMs: () => this.groups.nextTickMs(this.settingsInUse),
      onLate: (lateMs) => this.measure.late(lateMs),
      hasSlept: (lateMs, nowMs) => hasSlept(this.settingsInUse, this.state, lateMs, nowMs),
      onTick: (dueMs) => this.tick(dueMs),
    });
    this.gate = new CurrentGate(log, () => this.ticks.soon());
    this.times = new TimesInUse(log, () => this.line.shownTimes());
    const handlers: LineHandlers = {
      onHeard: (path, heard) => this.heard(path, heard),
      onAnswer: () => this.line.send(this.groups.isListening ? undefined : wordOf(this.state)),
      content: (word, asking) => this.beatContent(word, asking),
      isListening: () => this.groups.isListening,
      silenceMs: () => silenceMs(this.settingsInUse),
    };
    this.line = new PartnerLine(log, handlers, new AnnouncedLine(log, files.agreedKeys));
    this.neighbours = new NeighbourKeeper({
      log,
      table: backend.neighbours,
      paths: () => this.loaded.paths,
      settings: () => this.settingsInUse,
    });
    const { groups, line, mover, adaptive, policy, neighbours } = this;
    this.effectNeeds = {
      log,
      backend,
      groups,
      line,
      mover,
      adaptive,
      policy,
      neighbours,
      onExit: parts.onExit,
    };
  }

  /**
   * Binds the heartbeat sockets and begins.
   * @param found the groups that a pulse before this one left held, where `how` goes on with them
   * @throws UserError `PULSE_BIND_FAILED`
   */
  async start(how: PulseStart, saved?: SavedState, found?: ReadonlySet<string>): Promise<void> {
    this.measure.start();
    this.adaptive.start();
    this.policy.start(missedBefore(saved));
    await this.line.open(this.loaded);
    this.gate.change(this.loaded, monotonicNowMs());
    this.neighbours.start();
    const keepsSince = how.type === 'adopt' && saved !== undefined;
    this.roles.changed([...this.groups.all.keys()]);
    if (keepsSince) this.roles.goOn(saved);
    const startOf = (group: string): PulseStart => (found?.has(group) === false ? { type: 'fresh' } : how);
    for (const group of how.type === 'adopt' ? this.groups.all.keys() : []) {
      const prepared = preparedBefore(saved).has(group) ? this.loaded.configuration : undefined;
      if (startOf(group) === how) this.roles.of(group).adopted(prepared);
    }
    const before = this.groups.all;
    const order = this.parts.maintenance.read();
    const effects = this.groups.start(this.loaded.settings, startOf, monotonicNowMs(), order);
    this.parts.backend.expect(this.groups.held);
    this.commit(effects, before, keepsSince);
    const standing = [...this.groups.all].filter(([, { duty }]) => duty === 'standby');
    if (standing.length > 0) this.mover.standBy(standing.map(([name]) => name));
    // Whoever only listens must be believed all the same, or it could not believe the partner.
    if (this.groups.isListening) this.line.send(undefined);
    this.ticks.plan();
  }

  /** Feeds an event to the state machines of these groups, or of all. */
  dispatch(event: PulseEvent, groups?: readonly string[]): void {
    const before = this.groups.all;
    const eventFor = (name: string) => (groups === undefined || groups.includes(name) ? event : undefined);
    this.commit(this.groups.step(this.settingsInUse, eventFor, monotonicNowMs()), before, false);
    this.ticks.plan();
  }

  /**
   * Takes a new configuration: lvsd's part first, so that a new VIP finds its service in the table.
   * @throws UserError `PULSE_GROUP_CHANGE` where its groups cannot be gone over to, and as the parts
   */
  async reload(next: LoadedSettings): Promise<ReloadAnswer> {
    this.line.requireSameProtocol(next, this.state.partnerWord !== undefined);
    const regroup = () => regroupOrRefuse(this.groups, this.loaded, next, this.line.partnerBeat());
    regroup();
    const answer = await reloadLvsd(this.parts.lvsd, this.loaded.configuration);
    if (!answer.ok) return answer;
    // A move may have begun meanwhile; what the partner is told must not be another file's then.
    regroup();
    await this.line.exchange(next);
    const { plans, states, strays } = regroup();
    const { settings } = this.loaded;
    this.loaded = next;
    this.groups.regroup(plans, states);
    this.policy.regrouped([...states.keys()], strays);
    this.times.reloaded(settings, next.settings);
    this.measure.change(next);
    this.gate.change(next, monotonicNowMs());
    this.adaptive.refresh();
    this.parts.backend.change(next.configuration, this.groups.held);
    this.parts.notifier.change(next.configuration.notify);
    this.parts.onChange();
    this.dispatch({ type: 'timesChanged', hadPartner: settings.hasPartner });
    await followStandby(this.parts.lvsd, next.configuration, () =>
      this.holding ? { duty: 'active' } : this.state,
    );
    return answer;
  }

  /** What the state machine works with. */
  private get settingsInUse() {
    return this.times.settings(this.adaptive.settings);
  }

  /** The configuration in use. */
  get inUse(): LoadedSettings {
    return this.loaded;
  }

  /** The life in which the partner is heard, with a key. */
  get partnerLife(): string | undefined {
    return this.line.partnerLife(this.loaded.settings.deadtimeMs);
  }

  /** The main group's state: what concerns the node, and where lvs.cf has no groups, all there is. */
  private get state(): PulseState {
    return this.groups.main;
  }

  /** Whether this node holds addresses, or is about to. */
  get holding(): boolean {
    return this.groups.holding;
  }

  /** Whether this node holds a group's addresses and means to keep them. */
  insists(group: string): boolean {
    const state = this.groups.all.get(group);
    return state?.duty === 'taking' || (state?.duty === 'active' && !state.listening);
  }

  /** Whether the partner said that it serves. */
  get partnerServes(): boolean {
    return this.state.partnerWord === 'lvs running';
  }

  /** What the guardian is to beat should this process die now. */
  alive(): PulseAlive {
    const { loaded, groups } = this;
    const { keepaliveMs } = this.settingsInUse;
    return aliveReport({ loaded, keepaliveMs, groups, beat: this.aliveBeat() });
  }

  /** The guardian has beaten in this process's stead, which lives after all. */
  stoodIn(stoodIn: StoodIn): void {
    this.line.stoodIn(stoodIn);
  }

  async status(): Promise<PulseStatus> {
    const sync = await this.syncStatus();
    const { lvsd, backend, configFile, log } = this.parts;
    const counters = this.line.counters();
    return pulseStatus(this.loaded.settings, this.state, {
      groups: this.roles.status((name) => partnerWordOf(this.groups.of(name))),
      configFile,
      named: this.pathTimes.directors(this.loaded, this.state, (name) => this.line.partnerView(name)),
      paths: pathStatuses(counters, this.pathTimes, this.measure.qualities()),
      heartbeat: this.line.status(),
      witness: this.gate.status(),
      readiness: this.policy.readiness(),
      adaptive: this.adaptive.status(),
      sync,
      children: [lvsd, ...backend.children].map((child) => child.status()),
      history: log.history(),
      eventCounts: log.counts?.(),
      since: this.roles.since(MAIN_GROUP),
      clockAtStartMs: this.clockAtStartMs,
    });
  }

  /** What is measured of the partner's heartbeats. */
  heartbeats(): HeartbeatMeasurement {
    return this.measure.measurement(partnerOf(this.loaded.settings, this.state));
  }

  close(): void {
    this.ticks.stop();
    this.gate.stop();
    this.measure.close();
    this.adaptive.stop();
    this.policy.stop();
    this.neighbours.stop();
    this.line.close();
  }

  private beatContent(word: HeartbeatWord | undefined, asking?: string): BeatContent {
    const file = configurationOf(this.loaded);
    const named = this.groups.named(asking);
    return beatContent(this.loaded.settings, this.state, word, file, this.policy.ownView(), named);
  }

  private aliveBeat(): PulseAlive['beat'] {
    const life = this.line.life();
    if (life === undefined) return undefined;
    const { priority, configuration, readiness } = this.beatContent(undefined);
    return { ...life, priority, configuration, readiness };
  }

  private commit(effects: readonly GroupEffect[], before: GroupStates, keepSince: boolean): void {
    const after = this.groups.all;
    const changed = [...after].flatMap(([name, { duty }]) => (duty === before.get(name)?.duty ? [] : [name]));
    if (!keepSince) this.roles.changed(changed);
    const duties = changed.map((name) => this.groups.of(name).duty);
    // Groups that go together are one move.
    if (duties.includes('releasing')) this.moveCost = this.readMoveCost();
    else if (duties.some((duty) => duty !== 'dropping')) this.moveCost = NO_COST;
    const isLeaving = [...after].some(([name, { leaving }]) => leaving !== before.get(name)?.leaving);
    if (changed.length > 0 || isLeaving) this.save();
    this.policy.stepped(orderInForce(before), this.groups.maintenance);
    // The guardian learns of a change before the partner does: it must never beat an old word.
    if (changed.length > 0) this.parts.onChange();
    for (const effect of effects) runEffect(this.effectNeeds, effect);
    this.roles.tell(this.loaded, before, (name) => this.loadedFor(name).settings);
  }

  private save(): void {
    const error = writeSavedState(this.parts.files.pulseState, this.roles.toSave(this.policy.missed));
    if (error !== undefined) this.parts.log.log('PULSE_STATE_UNWRITABLE', { problem: errorText(error) });
  }

  /** The configuration in use, with the settings of a group. */
  private loadedFor(group: string): LoadedSettings {
    return { ...this.loaded, settings: this.groups.settingsOf(this.loaded.settings, group) };
  }

  /** The connections, and how many of them the partner knows; of several directors the one that knows least. */
  private syncStatus() {
    const { others } = this.state;
    const names = others?.views.filter(({ life }) => life === 'alive').map(({ name }) => name) ?? [undefined];
    const partners = names.map((name) => this.line.partnerView(name)?.readiness);
    return this.parts.backend.syncStatus(listeningSeconds(heardSeconds(this.state), partners));
  }

  /** Told while the partner takes over; a large table takes a second, which the move does not wait for. */
  private async readMoveCost(): Promise<string | undefined> {
    const sync = await this.syncStatus();
    const cost = sync?.coverage && moveCostText(sync.coverage);
    if (cost !== undefined) this.parts.log.log('PULSE_HANDOVER_COST', { cost });
    return cost;
  }

  private tick(dueMs: number): void {
    const settings = this.settingsInUse;
    const nowMs = monotonicNowMs();
    const lateMs = Math.max(0, nowMs - dueMs);
    const tickOf = (name: string, state: PulseState): PulseEvent => {
      const own = this.groups.settingsOf(settings, name);
      return { type: 'tick', lateMs, gate: this.gate.answer(own, state, lateMs, nowMs) };
    };
    const before = this.groups.all;
    this.commit(this.groups.step(settings, tickOf, nowMs), before, false);
    this.ticks.plan();
  }

  /** Something proven of the partner's came by a path. */
  private heard(path: HeartbeatPath, { word, numbered, beat }: HeardOnLine): void {
    this.pathTimes.heard(path);
    this.neighbours.heard(path.partner);
    this.measure.heard(path, numbered);
    this.adaptive.heard(path.name);
    if (word === undefined) return;
    if (endsSilence(this.state, word, beat?.node)) this.gate.heard();
    this.groups.filesAgree = beat === undefined || beat.configuration.hash === this.loaded.hash;
    const said = this.state.others === undefined || beat === undefined ? undefined : heardOfBeat(beat);
    const isNewTime = this.times.heard(this.loaded.settings);
    if (said === undefined) this.heardWords({ main: word, beat });
    else this.dispatch(said);
    if (isNewTime) this.dispatch({ type: 'timesChanged', hadPartner: true });
  }

  private heardWords(words: HeardWords): void {
    const before = this.groups.all;
    this.commit(this.groups.heard(this.settingsInUse, words, Math.random(), monotonicNowMs()), before, false);
    this.ticks.plan();
  }
}
