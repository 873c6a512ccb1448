import { errorText, monotonicNowMs } from '@piranha/common';
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
import { moveCostText } from '../core/coverage.js';
import { isHolding } from '../core/duties.js';
import { nextTickMs, stepPulse } from '../core/machine.js';
import { wordOf } from '../core/moves.js';
import { endsSilence } from '../core/others-summary.js';
import { LONGEST_WAIT_MS } from '../core/process-times.js';
import type { HeartbeatPath } from '../core/settings.js';
import { hasSlept } from '../core/sleep.js';
import { startPulse } from '../core/start.js';
import type { PulseEffect, PulseEvent, PulseStart, PulseState, PulseStep } from '../core/types.js';
import { AdaptiveDeadtime } from './adaptive-deadtime.js';
import { CurrentGate } from './current-gate.js';
import { HeartbeatMeasures } from './heartbeat-measures.js';
import type { LoadedSettings } from './load-settings.js';
import { NodePolicy, type PolicyParts } from './node-policy.js';
import { configurationOf, type HeardOnLine, PartnerLine } from './partner-line.js';
import { PathTimes } from './path-times.js';
import { followStandby, reloadLvsd } from './reload-lvsd.js';
import { RoleHooks } from './role-hooks.js';
import { type SavedState, writeSavedState } from './saved-state.js';
import type { SupervisedDaemon } from './supervised-daemon.js';
import { TimesInUse } from './times-in-use.js';
import { heardSeconds, partnerOf, pathStatuses, pulseStatus } from './worker-status.js';

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
  private state: PulseState;
  private readonly line: PartnerLine;
  private timer: NodeJS.Timeout | undefined;
  private timerDueMs = Infinity;
  private lateTick: NodeJS.Immediate | undefined;
  private since = new Date();
  /** What the wall clock is ahead of the one that nobody sets, ms. */
  private readonly clockAtStartMs = Date.now() - monotonicNowMs();
  /** What the voluntary move under way costs. */
  private moveCost: Promise<string | undefined> = NO_COST;
  private readonly pathTimes = new PathTimes();
  private readonly measure: HeartbeatMeasures;
  private readonly adaptive: AdaptiveDeadtime;
  private readonly hooks: RoleHooks;
  private readonly gate: CurrentGate;
  private readonly times: TimesInUse;
  private takes = 0;
  readonly policy: NodePolicy;

  constructor(
    private readonly parts: WorkerParts,
    private loaded: LoadedSettings,
  ) {
    this.state = startPulse(loaded.settings, { type: 'fresh' }, monotonicNowMs()).state;
    const { files, log } = parts;
    this.measure = new HeartbeatMeasures(files.heartbeatStatistics, loaded, (problem) =>
      log.log('PULSE_STATE_UNWRITABLE', { problem }),
    );
    this.adaptive = new AdaptiveDeadtime(
      () => this.measure.first,
      log,
      () => this.loaded,
    );
    this.hooks = new RoleHooks(parts.notifier);
    this.policy = new NodePolicy(parts, {
      dispatch: (event) => this.dispatch(event),
      now: () => ({ ...this.loaded, state: this.state }),
      cost: () => this.moveCost,
      coverage: async () => (await this.parts.backend.syncStatus(heardSeconds(this.state)))?.coverage,
      witness: () => this.gate.status(),
      partnerView: (name) => this.line.partnerView(name),
      onMissed: () => this.save(),
    });
    this.gate = new CurrentGate(log, () => this.tickSoon(this.timerDueMs));
    this.times = new TimesInUse(log, () => this.line.shownTimes());
    this.line = new PartnerLine(log, {
      onHeard: (path, heard) => this.heard(path, heard),
      onAnswer: () => this.line.send(this.state.listening ? undefined : wordOf(this.state)),
      content: (word) => this.beatContent(word),
      isListening: () => this.state.listening,
    });
  }

  /** Binds the heartbeat sockets and begins. @throws UserError `PULSE_BIND_FAILED` */
  async start(how: PulseStart, saved?: SavedState): Promise<void> {
    this.measure.start();
    this.adaptive.start();
    this.policy.start(saved?.primaryMissed === true);
    await this.line.open(this.loaded);
    this.gate.change(this.loaded, monotonicNowMs());
    const keepsSince = how.type === 'adopt' && saved !== undefined;
    if (keepsSince) this.since = new Date(saved.since);
    if (how.type === 'adopt') this.hooks.adopted();
    const step = startPulse(this.loaded.settings, how, monotonicNowMs(), this.parts.maintenance.read());
    this.commit(step, keepsSince);
    if (this.state.duty === 'standby') this.standBy();
    // Whoever only listens must be believed all the same, or it could not believe the partner.
    if (this.state.listening) this.line.send(undefined);
    this.plan();
  }

  /** Feeds an event to the state machine. */
  dispatch(event: PulseEvent): void {
    this.commit(stepPulse(this.settingsInUse, this.state, event, monotonicNowMs()), false);
    this.plan();
  }

  /** Takes a new configuration: lvsd's part first, so that a new VIP finds its service in the table. */
  async reload(next: LoadedSettings): Promise<ReloadAnswer> {
    this.line.requireSameProtocol(next, this.state.partnerWord !== undefined);
    const answer = await reloadLvsd(this.parts.lvsd, this.loaded.configuration);
    if (!answer.ok) return answer;
    await this.line.exchange(next);
    const { settings } = this.loaded;
    this.loaded = next;
    this.times.reloaded(settings, next.settings);
    this.measure.change(next);
    this.gate.change(next, monotonicNowMs());
    this.adaptive.refresh();
    this.parts.backend.change(next.configuration, this.holding);
    this.parts.notifier.change(next.configuration.notify);
    this.parts.onChange();
    this.dispatch({ type: 'timesChanged', hadPartner: settings.hasPartner });
    await followStandby(this.parts.lvsd, next.configuration, () => this.state);
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

  get holding(): boolean {
    return isHolding(this.state);
  }

  /** Whether this node holds the addresses and means to keep them. */
  get insists(): boolean {
    return this.state.duty === 'taking' || (this.state.duty === 'active' && !this.state.listening);
  }

  /** Whether the partner said that it serves. */
  get partnerServes(): boolean {
    return this.state.partnerWord === 'lvs running';
  }

  /** What the guardian is to beat should this process die now. */
  alive(): PulseAlive {
    const { settings, paths, configuration } = this.loaded;
    return {
      pid: process.pid,
      active: this.holding,
      word: wordOf(this.state) === 'lvs running' ? 'lvs running' : 'lvs stopped',
      // The partner may not have read a longer one yet.
      keepaliveMs: this.settingsInUse.keepaliveMs,
      deadtimeMs: settings.deadtimeMs,
      port: configuration.heartbeatPort,
      paths: paths.map(({ name, local, partner }) => ({ name, local, partner })),
      beat: this.aliveBeat(),
    };
  }

  /** The guardian has beaten in this process's stead, which lives after all. */
  stoodIn(stoodIn: StoodIn): void {
    this.line.stoodIn(stoodIn);
  }

  async status(): Promise<PulseStatus> {
    const sync = await this.parts.backend.syncStatus(heardSeconds(this.state));
    const { lvsd, backend, configFile, log } = this.parts;
    const counters = this.line.counters();
    return pulseStatus(this.loaded.settings, this.state, {
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
      since: this.since,
      clockAtStartMs: this.clockAtStartMs,
    });
  }

  /** What is measured of the partner's heartbeats. */
  heartbeats(): HeartbeatMeasurement {
    return this.measure.measurement(partnerOf(this.loaded.settings, this.state));
  }

  close(): void {
    clearTimeout(this.timer);
    clearImmediate(this.lateTick);
    this.gate.stop();
    this.measure.close();
    this.adaptive.stop();
    this.policy.stop();
    this.line.close();
  }

  private beatContent(word: HeartbeatWord | undefined): BeatContent {
    const file = configurationOf(this.loaded);
    return beatContent(this.loaded.settings, this.state, word, file, this.policy.ownView());
  }

  private aliveBeat(): PulseAlive['beat'] {
    const life = this.line.life();
    if (life === undefined) return undefined;
    const { priority, configuration, readiness } = this.beatContent(undefined);
    return { ...life, priority, configuration, readiness };
  }

  private commit(step: PulseStep, keepSince: boolean): void {
    const before = this.state;
    const changed = step.state.duty !== before.duty;
    this.state = step.state;
    if (changed && !keepSince) this.since = new Date();
    if (changed && step.state.duty !== 'dropping') {
      this.moveCost = step.state.duty === 'releasing' ? this.readMoveCost() : NO_COST;
    }
    if (changed) this.save();
    this.policy.stepped(before, step.state);
    // The guardian learns of a change before the partner does: it must never beat an old word.
    if (changed) this.parts.onChange();
    for (const effect of step.effects) this.run(effect);
    this.hooks.changed(this.loaded, before, step.state);
  }

  private save(): void {
    const { state, since, holding, policy } = this;
    const { primaryMissed } = policy;
    const saved = { holding, reason: state.reason, since: since.toISOString(), primaryMissed };
    const error = writeSavedState(this.parts.files.pulseState, saved);
    if (error !== undefined) this.parts.log.log('PULSE_STATE_UNWRITABLE', { problem: errorText(error) });
  }

  private run(effect: PulseEffect): void {
    const { log, backend } = this.parts;
    switch (effect.type) {
      case 'send':
        log.log('PULSE_SENT', { word: effect.word });
        this.line.send(effect.word);
        return;
      case 'take':
        this.take();
        return;
      case 'drop':
        void this.drop();
        return;
      case 'announce':
        backend.announce();
        return;
      case 'log':
        log.log(effect.event, effect.fields);
        return;
      case 'diedEarly':
        this.adaptive.diedEarly(effect.silentSinceMs);
        return;
      case 'handoverResult':
      case 'maintenanceResult':
        this.policy.answer(effect);
        return;
      case 'exit':
        this.parts.onExit();
        return;
    }
  }

  /** The original ran inactive_cmd at every start, to undo what an earlier run may have left. */
  private standBy(): void {
    this.runCommand('inactive');
    this.hooks.standsBy(this.loaded, this.state);
    void this.parts.backend.standBy('started');
  }

  private runCommand(role: 'active' | 'inactive'): void {
    this.hooks.runCommand(this.loaded.configuration, role, this.state.reason);
  }

  private take(): void {
    if (this.loaded.configuration.standby === 'cold') this.parts.lvsd.start();
    this.runCommand('active');
    this.takes += 1;
    const turn = this.takes;
    const wait = this.hooks.beforeTaking(this.loaded, this.state);
    if (wait === undefined) {
      this.raise();
      return;
    }
    void wait.then(() => {
      // Meanwhile the addresses may have become somebody else's.
      if (turn === this.takes && this.state.duty === 'taking') this.raise();
    });
  }

  private raise(): void {
    void this.parts.backend.take(this.state.reason).then((reached) => {
      if (reached) this.dispatch({ type: 'taken' });
    });
  }

  private async drop(): Promise<void> {
    this.runCommand('inactive');
    const reached = await this.parts.backend.drop(this.state.reason);
    if (!reached) return;
    if (this.loaded.configuration.standby === 'cold') await this.parts.lvsd.stop();
    this.dispatch({ type: 'dropped' });
  }

  /** Told while the partner takes over; a large table takes a second, which the move does not wait for. */
  private async readMoveCost(): Promise<string | undefined> {
    const sync = await this.parts.backend.syncStatus(heardSeconds(this.state));
    const cost = sync?.coverage && moveCostText(sync.coverage);
    if (cost !== undefined) this.parts.log.log('PULSE_HANDOVER_COST', { cost });
    return cost;
  }

  private plan(): void {
    const dueMs = nextTickMs(this.settingsInUse, this.state);
    const nowMs = monotonicNowMs();
    const waitMs = Math.max(0, Math.min(dueMs - nowMs, LONGEST_WAIT_MS));
    clearTimeout(this.timer);
    this.timerDueMs = nowMs + waitMs;
    this.timer = setTimeout(() => {
      const firedMs = monotonicNowMs();
      const lateMs = Math.max(0, firedMs - this.timerDueMs);
      this.measure.late(lateMs);
      // Who slept trusts nothing that waits in its sockets; who is only late reads it first.
      if (hasSlept(this.settingsInUse, this.state, lateMs, firedMs)) this.tick(this.timerDueMs);
      else this.tickSoon(this.timerDueMs);
    }, waitMs);
  }

  private tickSoon(dueMs: number): void {
    this.lateTick ??= setImmediate(() => {
      this.lateTick = undefined;
      this.tick(dueMs);
    });
  }

  private tick(dueMs: number): void {
    const settings = this.settingsInUse;
    const nowMs = monotonicNowMs();
    const lateMs = Math.max(0, nowMs - dueMs);
    const gate = this.gate.answer(settings, this.state, lateMs, nowMs);
    this.commit(stepPulse(settings, this.state, { type: 'tick', lateMs, gate }, nowMs), false);
    this.plan();
  }

  /** Something proven of the partner's came by a path. */
  private heard(path: HeartbeatPath, { word, numbered, beat }: HeardOnLine): void {
    this.pathTimes.heard(path);
    this.measure.heard(path, numbered);
    this.adaptive.heard(path.name);
    if (word === undefined) return;
    const said = this.state.others === undefined || beat === undefined ? undefined : heardOfBeat(beat);
    if (endsSilence(this.state, said)) this.gate.heard();
    const isNewTime = this.times.heard(this.loaded.settings);
    this.dispatch(said ?? { type: 'heard', word, random: Math.random() });
    if (isNewTime) this.dispatch({ type: 'timesChanged', hadPartner: true });
  }
}
