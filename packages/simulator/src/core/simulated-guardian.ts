import type { HeartbeatWord, PulseAlive } from '@piranha/protocol';
import {
  GUARDIAN_LIMITS,
  GUARDIAN_TICK_MS,
  type GuardianEffect,
  type GuardianEvent,
  type GuardianState,
  type GuardianStep,
  type SaidWords,
  StandInVoice,
  speaksWords,
} from '@piranha/pulse/machines';
import type { Attack, Packet, PathNumber } from './network.js';
import { SimulatedProcess } from './process-base.js';
import { isWord, wordIn } from './simulated-announcement.js';
import { agreedKeys, PATH_NAMES, SIMULATED_KEYS } from './simulated-keys.js';
import type { SimulatedNode } from './simulated-node.js';
import type { World } from './world.js';

/** The guardian process of a node: the real state machine, and a shell that starts and ends simulated processes. */
export class SimulatedGuardian extends SimulatedProcess {
  private state: GuardianState;
  private stopping = false;
  private readonly voice: StandInVoice;
  /** How many words of partners it believed. */
  private believed = 0;
  /** While it stands in: what it says. */
  private said: SaidWords | undefined;
  /** When a beat of the partner's counted. */
  private beatHeardMs = Number.NEGATIVE_INFINITY;
  /** Whether it listens on the heartbeat ports in pulse's stead. */
  listens = false;

  constructor(
    private readonly world: World,
    private readonly node: SimulatedNode,
  ) {
    super(world.timeline);
    this.voice = new StandInVoice(SIMULATED_KEYS, world.machines.receiveBeat);
    const adopts = node.pulse?.alive === true;
    const first = world.machines.startGuardian(adopts, GUARDIAN_LIMITS, node.localMs());
    this.state = first.state;
    this.commit(first);
    this.tick();
  }

  report(plan: PulseAlive): void {
    this.receive(() => {
      this.said = undefined;
      this.dispatch({ type: 'report', plan });
      const keys = agreedKeys(this.node.agreed);
      if (plan.beat?.announced === true && keys !== undefined) this.voice.useKeys(keys);
      const stoodIn = plan.beat && this.voice.reported(plan.beat);
      if (stoodIn !== undefined) this.node.pulse?.stoodIn(stoodIn);
    });
  }

  hear(packet: Packet, path: PathNumber, attack?: Attack): void {
    if (!this.listens) return;
    const knows = () => [this.state, this.believed];
    this.receive(() =>
      this.node.attacks.read('the guardian', packet, attack, knows, () => this.heard(packet, path)),
    );
  }

  private heard(packet: Packet, path: PathNumber): void {
    const { plan } = this.state;
    if (isWord(packet)) {
      this.heardWord(wordIn(packet));
      return;
    }
    if (plan?.beat === undefined || typeof packet === 'string') return;
    const heard = this.voice.hear(plan, plan.beat, PATH_NAMES[path], packet, this.node.localMs());
    if (heard.answer && this.said !== undefined) this.beat(this.said);
    if (heard.word !== undefined) {
      this.believed += 1;
      this.beatHeardMs = this.node.localMs();
      this.dispatch({ type: 'heard', word: heard.word, groups: heard.groups });
    }
  }

  private heardWord(word: HeartbeatWord | undefined): void {
    // With a key nothing else is believed.
    if (this.world.hasKey || word === undefined) return;
    const { beatHeardMs: heardMs, node, world } = this;
    const silentMs = this.state.plan?.deadtimeMs ?? 0;
    if (!world.machines.beatsCount({ heardMs }, silentMs, node.localMs()))
      this.dispatch({ type: 'heard', word });
  }

  private beat(said: SaidWords): void {
    const { plan } = this.state;
    const beat = plan?.beat;
    this.said = said;
    // Of a pulse that never reported it knows neither the paths nor the key.
    if (plan === undefined || (beat === undefined && this.world.hasKey)) return;
    if (beat !== undefined) {
      this.node.send((path, to) =>
        this.voice.say(plan, beat, said, PATH_NAMES[path], this.node.localMs(), to),
      );
    }
    if (speaksWords(plan)) this.node.send(() => said.word);
  }

  pulseExited(): void {
    this.receive(() => {
      this.dispatch({ type: 'exited' });
      if (this.stopping) this.end();
    }, true);
  }

  /** The order to stop, for good. */
  stop(): void {
    this.receive(() => {
      this.stopping = true;
      this.dispatch({ type: 'stop' });
      if (this.node.pulse?.alive === true) this.node.pulse.tell({ type: 'shutdown', signal: 'SIGTERM' });
      else this.end();
    }, true);
  }

  /** Puts down what is left and ends. */
  private end(): void {
    this.timer(this.timeline.nowMs + this.node.durations.dropMs, () => {
      this.node.clearAddresses();
      this.node.stopped();
    });
  }

  private tick(): void {
    const dueMs = this.timeline.nowMs + GUARDIAN_TICK_MS;
    this.timer(dueMs, () => {
      this.dispatch({ type: 'tick', lateMs: this.timeline.nowMs - dueMs });
      this.tick();
    });
  }

  private dispatch(event: GuardianEvent): void {
    this.commit(this.world.machines.stepGuardian(this.state, event, this.node.localMs()));
  }

  private commit(step: GuardianStep): void {
    this.state = step.state;
    for (const effect of step.effects) if (this.alive) this.run(effect);
  }

  private run(effect: GuardianEffect): void {
    switch (effect.type) {
      case 'spawn':
        this.node.startPulse(effect.adopt, effect.held);
        return;
      case 'kill':
        this.node.killPulse();
        return;
      case 'beat':
        this.beat(effect);
        return;
      case 'listen':
        this.listens = effect.on;
        return;
      case 'releaseAddresses':
        this.timer(this.timeline.nowMs + this.node.durations.dropMs, () =>
          this.node.clearAddresses(effect.only),
        );
        return;
      case 'log':
        this.world.note(this.node.role, effect.event);
        return;
    }
  }
}
