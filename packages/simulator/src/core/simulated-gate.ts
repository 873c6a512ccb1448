import type { WitnessConfig } from '@piranha/config';
import { type GateAnswer, gateQuestion, type PulseSettings, type PulseState } from '@piranha/pulse/machines';
import {
  isPartnerLate,
  mayTake,
  mustLetGo,
  nextProbeTickMs,
  type ProbeEvent,
  type ProbeState,
  startProbe,
  stepProbe,
} from '@piranha/witness';

/** A question's way to the witness, and its answer's way back, ms. */
const WAY_MS = 0.3;

/** What a gate needs of the process that it is part of. */
export interface GateHost {
  /** The node's clock. */
  nowMs(): number;
  /** Whether the witness is reached at this moment. */
  reaches(): boolean;
  /** Does something after a time of the node's clock, as a timer of the process does. */
  later(waitMs: number, work: () => void): void;
  /** Lets a packet arrive after true time, where the process reads it when it runs. */
  arrive(delayMs: number, work: () => void): void;
  /** The gate has news: a tick is due. */
  onNews(): void;
}

/** The witness of a node as pulse asks it: the real rules, and a question that is a delay. */
export class SimulatedGate {
  private probe: ProbeState;
  private plans = 0;

  constructor(
    private readonly config: WitnessConfig,
    private readonly host: GateHost,
  ) {
    this.probe = startProbe(host.nowMs());
  }

  start(): void {
    this.step({ type: 'tick' });
  }

  /** As pulse's shell: what a tick of this moment has to know. */
  answer(settings: PulseSettings, state: PulseState, lateMs: number): GateAnswer | undefined {
    const nowMs = this.host.nowMs();
    const partner = { lastHeardMs: state.lastHeardMs, isOff: false };
    if (isPartnerLate(settings.keepaliveMs, partner, nowMs)) {
      this.step({ type: 'askNow', sinceMs: state.lastHeardMs });
    }
    const question = gateQuestion(settings, state, lateMs, nowMs);
    if (question === undefined) return undefined;
    const views = [this.probe];
    const told =
      question === 'mayTake'
        ? mayTake(this.config, views, partner, nowMs)
        : mustLetGo(this.config, views, partner, state.awakeSinceMs, nowMs);
    const untilMs = told.verdict === 'wait' ? told.untilMs : Infinity;
    return { question, isYes: told.verdict === 'yes', untilMs, reason: told.reason };
  }

  private step(event: ProbeEvent): void {
    const { intervalMs } = this.config;
    const sentMs = this.host.nowMs();
    const { state, effects } = stepProbe({ intervalMs, timeoutMs: intervalMs }, this.probe, event, sentMs);
    this.probe = state;
    for (const { type } of effects) {
      if (type === 'ask' && this.host.reaches()) this.ask(sentMs);
      if (type === 'changed' && state.reach === 'unreachable') this.host.onNews();
    }
    this.plan();
  }

  private ask(sentMs: number): void {
    this.host.arrive(2 * WAY_MS, () => {
      this.step({ type: 'answered', sentMs });
      this.host.onNews();
    });
  }

  private plan(): void {
    this.plans += 1;
    const number = this.plans;
    this.host.later(Math.max(0, nextProbeTickMs(this.probe) - this.host.nowMs()), () => {
      if (number === this.plans) this.step({ type: 'tick' });
    });
  }
}
