import type { LvsConfiguration } from '@piranha/config';
import type { EventFields, EventId } from '@piranha/events';
import type { WitnessStatus } from '@piranha/protocol';
import { gateQuestion } from '../core/gate.js';
import type { GateAnswer, PulseSettings, PulseState } from '../core/types.js';
import type { LoadedSettings } from './load-settings.js';
import { TakeoverGate } from './takeover-gate.js';

/** What it takes of a configuration. */
type GateSettings = Pick<LoadedSettings, 'settings' | 'paths'> & {
  readonly configuration: Pick<LvsConfiguration, 'witness' | 'fence' | 'keepaliveMs'>;
};

/** The gate of the present configuration, where it has one: witnesses or a fence command, and a partner. */
export class CurrentGate {
  private gate: TakeoverGate | undefined;
  private madeFor = '';
  private sinceMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly log: { log(id: EventId, fields?: EventFields): void },
    /** Something changed: a tick is due. */
    private readonly onNews: () => void,
  ) {}

  /** Takes a configuration; what is known so far is lost only where it says something else about the gate. */
  change({ settings, paths, configuration }: GateSettings, nowMs: number): void {
    const { witness, fence, keepaliveMs } = configuration;
    const partner = paths[0]?.partner ?? '';
    const isWanted = settings.gateAfterMs !== undefined;
    const wanted = isWanted ? JSON.stringify([witness, fence, keepaliveMs, partner]) : '';
    if (wanted === this.madeFor) return;
    this.stop();
    this.madeFor = wanted;
    if (!isWanted) return;
    const gate: TakeoverGate = new TakeoverGate({
      configuration,
      partner,
      log: this.log,
      onNews: () => {
        if (this.gate === gate) this.onNews();
      },
    });
    this.gate = gate;
    this.sinceMs = nowMs;
    gate.start();
  }

  /** Ends the questions, and a fence command that runs. */
  stop(): void {
    const { gate } = this;
    this.gate = undefined;
    this.madeFor = '';
    gate?.stop();
  }

  /** The partner was heard, in whatever words. */
  heard(): void {
    this.gate?.heard();
  }

  /** What a tick of this moment has to know. @param lateMs how late the timer was */
  answer(settings: PulseSettings, state: PulseState, lateMs: number, nowMs: number): GateAnswer | undefined {
    const { gate } = this;
    if (gate === undefined) return undefined;
    gate.tick(state.lastHeardMs);
    const question = gateQuestion(settings, state, lateMs, nowMs);
    if (question === undefined) return undefined;
    if (question === 'mayTake') {
      const permit = gate.mayTake(state.lastHeardMs);
      const untilMs = permit.verdict === 'wait' ? permit.untilMs : Infinity;
      return { question, isYes: permit.verdict === 'take', untilMs, reason: permit.reason };
    }
    // New witnesses have the time of an answer before their silence counts.
    const told = gate.mustLetGo(state.lastHeardMs, Math.max(state.awakeSinceMs, this.sinceMs));
    const untilMs = told.verdict === 'wait' ? told.untilMs : Infinity;
    return { question, isYes: told.verdict === 'yes', untilMs, reason: told.reason };
  }

  /** For pulse's status. */
  status(): WitnessStatus | undefined {
    return this.gate?.status();
  }
}
