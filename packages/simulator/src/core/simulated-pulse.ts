import type { HeartbeatWord, PulseAlive, StoodIn } from '@piranha/protocol';
import {
  ANSWER_SPACING_MS,
  BeatVoice,
  beatContent,
  hasSlept,
  heardOfBeat,
  LONGEST_WAIT_MS,
  type PulseEffect,
  type PulseEvent,
  type PulseSettings,
  type PulseStart,
  type PulseState,
  type PulseStep,
  REPORT_MS,
  type TimesBefore,
  timesBefore,
  wordHeard,
  wordOf,
  wordOfBeat,
} from '@piranha/pulse/machines';
import type { NodeName } from './names.js';
import type { Packet, PathNumber } from './network.js';
import { SimulatedProcess } from './process-base.js';
import type { ReloadTimes } from './reloads.js';
import { SimulatedGate } from './simulated-gate.js';
import { BEAT_FACTS, drawnBoot, PATH_NAMES, SIMULATED_KEYS } from './simulated-keys.js';
import type { SimulatedNode } from './simulated-node.js';
import type { World } from './world.js';

/** A frame's way on the network of the addresses, ms. */
const HEARD_MS = 0.3;

/** The pulse process of a node: the real state machine, and a shell whose addresses are a set. */
export class SimulatedPulse extends SimulatedProcess {
  /** Undefined while the process is still starting. */
  state: PulseState | undefined;
  /** Which of its wishes for the addresses is the last. */
  private wish = 0;
  private ticks = 0;
  private tickDueMs = Number.POSITIVE_INFINITY;
  private gate: SimulatedGate | undefined;
  private voice: BeatVoice | undefined;
  private sent = 0;
  private answers = false;
  private answeredAtMs = Number.NEGATIVE_INFINITY;
  private left: TimesBefore | undefined;
  private timesText = '';

  constructor(
    private readonly world: World,
    private readonly node: SimulatedNode,
    adopt: boolean,
  ) {
    super(world.timeline);
    this.timer(world.timeline.nowMs + node.durations.startMs, () => this.begin(adopt));
  }

  get runs(): boolean {
    return this.alive && !this.isFrozen && this.state !== undefined;
  }

  /** Whether it holds the addresses, or is about to. */
  get holding(): boolean {
    const duty = this.state?.duty;
    return duty === 'taking' || duty === 'active' || duty === 'releasing';
  }

  dispatch(event: PulseEvent): void {
    if (this.state === undefined) return;
    const { machines } = this.world;
    this.commit(machines.stepPulse(this.node.settingsInUse, this.state, event, this.node.localMs()));
  }

  /** A packet arrives at its socket. */
  hear(packet: Packet, path: PathNumber): void {
    if (this.state === undefined) return;
    this.receive(() => {
      const event = typeof packet === 'string' ? this.hearWord(packet) : this.hearBeat(packet, path);
      if (event === undefined) return;
      this.node.measure?.heard(path, this.node.settings, this.node.localMs());
      const { node } = this;
      this.left = wordHeard(this.left, node.settings, node.localMs());
      const isNewTime = this.hasNewTimes();
      this.dispatch(event);
      if (isNewTime) this.dispatch({ type: 'timesChanged', hadPartner: true });
    });
  }

  /** What its state machine works with: the partner may go by other times. */
  inUse(settings: PulseSettings): PulseSettings {
    const shown = this.node.others.flatMap((name) => this.voice?.sessionOf(name)?.beat ?? []);
    return this.world.machines.settingsInUse(settings, this.left, shown, this.node.localMs());
  }

  /** Reads an lvs.cf with other times. */
  reload(times: ReloadTimes): void {
    this.receive(() => {
      const { node } = this;
      const before = node.settings;
      node.settings = { ...before, ...times };
      this.left = timesBefore(this.left, before, node.settings, node.localMs());
      this.hasNewTimes();
      this.dispatch({ type: 'timesChanged', hadPartner: true });
    });
  }

  private hasNewTimes(): boolean {
    const { keepaliveMs, deadtimeMs } = this.node.settingsInUse;
    const before = this.timesText;
    this.timesText = `${keepaliveMs} ${deadtimeMs}`;
    return before !== '' && before !== this.timesText;
  }

  /** The guardian has beaten in its life. */
  stoodIn({ boot, sequence }: StoodIn): void {
    this.receive(() => {
      if (this.voice?.boot === boot && this.voice.leapOver(sequence)) this.answer();
    });
  }

  /** With a key nothing else is believed. */
  private hearWord(word: HeartbeatWord): PulseEvent | undefined {
    return this.voice === undefined ? this.wordEvent(word) : undefined;
  }

  private wordEvent(word: HeartbeatWord | undefined): PulseEvent | undefined {
    return word && { type: 'heard', word, random: this.world.random.next() };
  }

  private hearBeat(packet: Buffer, path: PathNumber): PulseEvent | undefined {
    const outcome = this.voice?.hear(packet, PATH_NAMES[path], this.node.localMs());
    if (outcome === undefined) return undefined;
    const unproven = outcome.type === 'dropped' && outcome.reason === 'unproven';
    if (outcome.answer || (unproven && this.state?.listening === true)) this.answer();
    if (outcome.type !== 'counts' || !outcome.isNewest) return undefined;
    const { beat } = outcome;
    return this.state?.others === undefined ? this.wordEvent(wordOfBeat(beat)) : heardOfBeat(beat);
  }

  private answer(): void {
    const { state } = this;
    if (state !== undefined) this.say(state.listening ? undefined : wordOf(state));
  }

  private say(word: HeartbeatWord | undefined): void {
    const { voice, state, node } = this;
    if (voice === undefined || state === undefined) {
      if (word !== undefined) node.send(() => word);
      return;
    }
    const content = this.content(state, word);
    this.sent += 1;
    node.send((path) => voice.say(content, { name: PATH_NAMES[path], sent: this.sent }, node.localMs()));
  }

  private content(state: PulseState, word: HeartbeatWord | undefined): ReturnType<typeof beatContent> {
    const { configuration, readiness } = BEAT_FACTS;
    const failure = state.maintenance === undefined ? state.failure : 'maintenance standby';
    const view = { readiness, failure: state.others === undefined ? state.failure : failure };
    return beatContent(this.node.settings, state, word, configuration, view);
  }

  private life(): PulseAlive['beat'] {
    const { voice, node, state } = this;
    if (voice === undefined || state === undefined) return undefined;
    const { priority } = this.content(state, undefined);
    const { boot, sequence, session } = voice;
    const lifeOf = (name: NodeName) => {
      const other = voice.sessionOf(name);
      return { node: name, session: other && { boot: other.boot, sequence: other.window.newest } };
    };
    return {
      ...{ node: node.role, partner: node.partner, keyFile: '', keysTaken: 1, encrypt: false },
      ...{ boot, sequence, priority, ...BEAT_FACTS },
      session: session && { boot: session.boot, sequence: session.window.newest },
      ...(node.others.length > 1 ? { others: node.others.map(lifeOf) } : {}),
    };
  }

  /** As dispatch, when the process runs: it learns of this through a socket. */
  tell(event: PulseEvent): void {
    this.receive(() => this.dispatch(event));
  }

  /** A frame of another holder arrives: who insists answers, at most once a second. */
  hearHolder(): void {
    this.receive(() => {
      if (this.answers || !this.node.insists) return;
      this.answers = true;
      this.timer(Math.max(this.timeline.nowMs + HEARD_MS, this.answeredAtMs + ANSWER_SPACING_MS), () => {
        this.answers = false;
        this.answeredAtMs = this.timeline.nowMs;
        if (this.node.insists) this.node.announce();
      });
    });
  }

  private begin(adopt: boolean): void {
    const start: PulseStart = adopt
      ? { type: 'adopt' }
      : { type: this.node.addresses.size > 0 ? 'leftover' : 'fresh' };
    this.gate = this.buildGate();
    this.gate?.start();
    if (this.world.hasKey) this.voice = this.newVoice();
    const { settings, order } = this.node;
    const step = this.world.machines.startPulse(settings, start, this.node.localMs(), order);
    this.state = step.state;
    this.commit(step);
    if (step.state.listening) this.answer();
    if (step.state.others !== undefined) this.dispatch({ type: 'readiness', isReady: true });
    if (!this.node.linkUp) this.dispatch(this.node.linkFailure());
    this.report();
  }

  private newVoice(): BeatVoice {
    const { role, others } = this.node;
    return new BeatVoice({ node: role, boot: drawnBoot(this.world.random) }, others, SIMULATED_KEYS);
  }

  private report(): void {
    this.reportNow();
    this.timer(this.timeline.nowMs + REPORT_MS, () => this.report());
  }

  private reportNow(): void {
    const { state } = this;
    if (state === undefined) return;
    const { deadtimeMs } = this.node.settings;
    const { keepaliveMs } = this.node.settingsInUse;
    this.node.guardian?.report({
      pid: 1,
      active: this.holding,
      word: wordOf(state) === 'lvs running' ? 'lvs running' : 'lvs stopped',
      keepaliveMs,
      deadtimeMs,
      port: 539,
      paths: this.node.others.map((partner) => ({ local: this.node.role, partner })),
      beat: this.life(),
    });
  }

  private commit(step: PulseStep): void {
    const changed = this.state?.duty !== step.state.duty;
    this.state = step.state;
    this.node.order = step.state.maintenance;
    if (changed) {
      if (step.state.duty === 'taking') this.node.takeovers += 1;
      this.world.note(this.node.role, `is ${step.state.duty}: ${step.state.reason}`);
      this.reportNow();
    }
    for (const effect of step.effects) if (this.alive) this.run(effect);
    if (this.alive) this.planTick();
  }

  private planTick(): void {
    this.ticks += 1;
    const number = this.ticks;
    const localNowMs = this.node.localMs();
    const dueMs = this.world.machines.nextTickMs(this.node.settingsInUse, this.state as PulseState);
    const waitMs = Math.max(0, Math.min(dueMs - localNowMs, LONGEST_WAIT_MS));
    const lateMs = this.world.random.next() * this.node.timerLatenessMs;
    const tickDueMs = localNowMs + waitMs;
    this.tickDueMs = tickDueMs;
    this.timer(this.timeline.nowMs + this.node.worldMs(waitMs) + lateMs, () => {
      if (number !== this.ticks) return;
      const firedMs = this.node.localMs();
      const slept = this.state && hasSlept(this.node.settingsInUse, this.state, firedMs - tickDueMs, firedMs);
      if (slept) this.tick(tickDueMs);
      else this.afterSockets(() => this.tick(tickDueMs));
    });
  }

  private tick(dueMs: number): void {
    if (this.state === undefined) return;
    const lateMs = Math.max(0, this.node.localMs() - dueMs);
    this.node.measure?.late(lateMs, this.node.localMs());
    const gate = this.gate?.answer(this.node.settingsInUse, this.state, lateMs);
    this.dispatch({ type: 'tick', lateMs, gate });
  }

  private buildGate(): SimulatedGate | undefined {
    const { witness } = this.world;
    if (witness === undefined) return undefined;
    return new SimulatedGate(witness, {
      nowMs: () => this.node.localMs(),
      reaches: () => this.node.reachesWitness,
      later: (waitMs, work) => this.timer(this.timeline.nowMs + this.node.worldMs(waitMs), work),
      arrive: (delayMs, work) => this.timeline.after(delayMs, () => this.receive(work)),
      onNews: () => this.afterSockets(() => this.tick(this.tickDueMs)),
    });
  }

  private run(effect: PulseEffect): void {
    switch (effect.type) {
      case 'send':
        this.say(effect.word);
        return;
      case 'take':
        this.move('taken');
        return;
      case 'drop':
        this.move('dropped');
        return;
      case 'announce':
        this.node.announce();
        return;
      case 'diedEarly':
        this.node.measure?.diedEarly(effect.silentSinceMs);
        return;
      case 'log':
        this.world.note(this.node.role, effect.event);
        return;
      case 'handoverResult':
        this.world.note(this.node.role, `handover: ${effect.ok ? 'done' : 'not done'}, ${effect.text}`);
        return;
      case 'maintenanceResult':
        this.world.note(this.node.role, `standby: ${effect.ok ? 'done' : 'not done'}, ${effect.text}`);
        this.node.orderAnswered(effect.ok);
        return;
      case 'exit':
        this.node.pulseEnds();
        return;
    }
  }

  /** Raises or puts down one address after the other, unless the wish changes meanwhile. */
  private move(done: 'taken' | 'dropped'): void {
    this.wish += 1;
    const wish = this.wish;
    const raises = done === 'taken';
    const { vips } = this.node.settings;
    const { takeMs, dropMs } = this.node.durations;
    const eachMs = (raises ? takeMs : dropMs) / Math.max(1, vips.length);
    const next = (index: number): void => {
      this.timer(this.timeline.nowMs + eachMs, () => {
        if (wish !== this.wish) return;
        const vip = vips[index];
        if (vip !== undefined) this.node.change(vip, raises);
        if (index + 1 < vips.length) next(index + 1);
        else this.dispatch({ type: done });
      });
    };
    next(0);
  }
}
