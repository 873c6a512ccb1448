import { monotonicNowMs } from '@piranha/common';
import type { LvsConfiguration } from '@piranha/config';
import type { EventFields, EventId } from '@piranha/events';
import type { WitnessStatus } from '@piranha/protocol';
import { type Answer, isPartnerLate, type PartnerView, WitnessWatch } from '@piranha/witness';
import { type FenceEvent, type FenceState, fenceVerdict, NO_FENCE_YET, stepFence } from '../core/fence.js';
import { type RunningFence, runFence } from '../takeover/fence-command.js';

export interface TakeoverGateParts {
  readonly configuration: Pick<LvsConfiguration, 'witness' | 'fence' | 'keepaliveMs'>;
  /** Public address of the partner, for the fence command. */
  readonly partner: string;
  readonly log: { log(id: EventId, fields?: EventFields): void };
  /** Something changed: ask again. */
  readonly onNews: () => void;
}

/** `wait`: not now; ask again at `untilMs` (monotonic, may be Infinity) or on news. */
export type Permit =
  | { readonly verdict: 'take'; readonly reason: string }
  | { readonly verdict: 'wait'; readonly untilMs: number; readonly reason: string };

/**
 * What stands between a silent partner and taking its addresses: first the witnesses, then the fence command, which only
 * who is not cut off itself may run. It logs each turn once for a silence. Without both it is open.
 */
export class TakeoverGate {
  private readonly watch: WitnessWatch;
  private fence: FenceState = NO_FENCE_YET;
  private running: RunningFence | undefined;
  private readonly told = new Set<EventId>();

  constructor(private readonly parts: TakeoverGateParts) {
    this.watch = new WitnessWatch({
      config: parts.configuration.witness,
      onChange: ({ name: witness, reach, problem }) => {
        if (reach === 'reachable') parts.log.log('PULSE_WITNESS_BACK', { witness });
        else parts.log.log('PULSE_WITNESS_LOST', { witness, problem: problem ?? 'no answer' });
      },
      onNews: parts.onNews,
    });
  }

  /** Begins to ask the witnesses. */
  start(): void {
    this.watch.start();
  }

  /** Ends the questions; a fence command that runs is killed. */
  stop(): void {
    this.watch.stop();
    this.running?.cancel('pulse needs it no more');
  }

  /** The partner was heard, in whatever words. */
  heard(): void {
    this.told.clear();
    this.stepFence({ type: 'heard' });
  }

  /** To be called with each tick: asks the witnesses at once when a beat of the partner is missing. */
  tick(lastHeardMs: number): void {
    const partner = this.partnerView(lastHeardMs);
    if (isPartnerLate(this.parts.configuration.keepaliveMs, partner, monotonicNowMs())) {
      this.watch.askNow(lastHeardMs);
    }
  }

  /** May this node take the addresses of a partner that was silent for deadtime? Runs the fence command for it. */
  mayTake(lastHeardMs: number): Permit {
    const { witness, fence } = this.parts.configuration;
    const answer = this.watch.mayTake(this.partnerView(lastHeardMs));
    if (answer.verdict !== 'yes') return this.refuse(answer);
    if (witness.targets.length > 0) {
      this.tell(answer.isBlind ? 'PULSE_WITNESS_BLIND' : 'PULSE_WITNESS_AGREES', { reason: answer.reason });
    }
    this.stepFence({ type: 'wanted' });
    const verdict = fenceVerdict(fence, this.fence);
    if (verdict.verdict === 'take') return { verdict: 'take', reason: `${answer.reason}; ${verdict.reason}` };
    if (this.fence.phase === 'failed') this.tell('PULSE_FENCE_BLOCKS', { reason: verdict.reason });
    return verdict;
  }

  /** Must this node give up the addresses that it holds? As `mustLetGo` of the witnesses; a yes is logged. */
  mustLetGo(lastHeardMs: number, awakeSinceMs: number): Answer {
    const answer = this.watch.mustLetGo(this.partnerView(lastHeardMs), awakeSinceMs);
    if (answer.verdict === 'yes') {
      // A turn of its own: whatever comes next in this silence is told again.
      this.told.clear();
      this.parts.log.log('PULSE_WITNESS_LETS_GO', { reason: answer.reason });
    }
    return answer;
  }

  /** For pulse's status. */
  status(): WitnessStatus | undefined {
    return this.watch.status();
  }

  private partnerView(lastHeardMs: number): PartnerView {
    return { lastHeardMs, isOff: this.fence.phase === 'off' };
  }

  private refuse(answer: Exclude<Answer, { verdict: 'yes' }>): Permit {
    const { reason } = answer;
    if (answer.verdict === 'no') {
      this.tell('PULSE_WITNESS_REFUSED', { reason });
      return { verdict: 'wait', untilMs: Infinity, reason };
    }
    const waitMs = Math.max(0, Math.round(answer.untilMs - monotonicNowMs()));
    this.tell('PULSE_WITNESS_WAIT', { waitMs, reason });
    return { verdict: 'wait', untilMs: answer.untilMs, reason };
  }

  private tell(id: EventId, fields: EventFields): void {
    if (this.told.has(id)) return;
    this.told.add(id);
    this.parts.log.log(id, fields);
  }

  private stepFence(event: FenceEvent): void {
    const { fence } = this.parts.configuration;
    const { state, effects } = stepFence(fence, this.fence, event, monotonicNowMs());
    this.fence = state;
    for (const effect of effects) {
      if (effect.type === 'cancel') this.running?.cancel('the partner was heard');
      else if (fence !== undefined) this.runFence(fence, effect.run, effect.attempt);
    }
  }

  private runFence(fence: NonNullable<LvsConfiguration['fence']>, run: number, attempt: number): void {
    const { partner, log, onNews } = this.parts;
    const running = runFence({ fence, partner, attempt, log });
    this.running = running;
    void running.ended.then(({ problem }) => {
      this.stepFence({ type: 'ended', run, problem });
      onNews();
    });
  }
}
