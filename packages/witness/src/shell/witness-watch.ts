import { monotonicNowMs } from '@piranha/common';
import type { WitnessConfig, WitnessTarget } from '@piranha/config';
import type { WitnessStatus } from '@piranha/protocol';
import { type Answer, mayTake, mustLetGo, type PartnerView } from '../core/policy.js';
import {
  nextProbeTickMs,
  type ProbeEvent,
  type ProbeSettings,
  type ProbeState,
  type Reach,
  startProbe,
  stepProbe,
} from '../core/probe.js';
import { witnessStatus } from '../core/status.js';
import { freshProof, lastProofMs } from '../core/views.js';
import type { Asker } from './asker.js';
import { ownAddresses } from './neighbour.js';
import { openAsker } from './open-asker.js';

const OWN_ADDRESSES_KEPT_MS = 5_000;

/** A witness that was lost, or is back. */
export interface WitnessChange {
  readonly name: string;
  readonly reach: Reach;
  /** Why its last question has no answer. */
  readonly problem: string | undefined;
}

export interface WitnessWatchOptions {
  readonly config: WitnessConfig;
  /** A witness answers after it did not, or the other way round: for the log. */
  readonly onChange: (change: WitnessChange) => void;
  /** A question was answered, or a witness was lost: a decision that waits may be asked for again. */
  readonly onNews?: () => void;
}

interface Watched {
  readonly target: WitnessTarget;
  readonly asker: Asker;
  state: ProbeState;
}

/**
 * Asks the witnesses of an lvs.cf all the time, and answers what follows from their answers. Without witnesses it does
 * nothing, and every answer is that of a director without witnesses. Times are monotonic ms.
 */
export class WitnessWatch {
  private readonly settings: ProbeSettings;
  private watched: readonly Watched[] = [];
  /** What is known of the witnesses while nobody asks them: nothing, and never "there are none". */
  private readonly unasked: readonly ProbeState[];
  private timer: NodeJS.Timeout | undefined;
  private due: NodeJS.Immediate | undefined;
  private own = { set: new Set<string>() as ReadonlySet<string>, untilMs: -Infinity };

  constructor(private readonly options: WitnessWatchOptions) {
    const { intervalMs } = options.config;
    this.settings = { intervalMs, timeoutMs: intervalMs };
    this.unasked = options.config.targets.map(() => startProbe(0));
  }

  /** Begins to ask; a second call does nothing. */
  start(): void {
    if (this.watched.length > 0) return;
    const nowMs = monotonicNowMs();
    this.watched = this.options.config.targets.map((target, index) => {
      const asker = openAsker(target, {
        answered: (sentMs) => this.onAsker(index, { type: 'answered', sentMs }),
        failed: (sentMs, problem) => this.onAsker(index, { type: 'failed', sentMs, problem }),
      });
      return { target, asker, state: startProbe(nowMs) };
    });
    this.tick();
  }

  /** Ends every question; a second call does nothing. */
  stop(): void {
    clearTimeout(this.timer);
    clearImmediate(this.due);
    const watched = this.watched;
    this.watched = [];
    for (const { asker } of watched) asker.close();
  }

  /** Has every witness asked at once, unless a question that was sent after `sinceMs` is out or was answered. */
  askNow(sinceMs: number): void {
    for (const one of this.watched) this.step(one, { type: 'askNow', sinceMs });
    this.plan();
  }

  /** True if as many witnesses as needed answered questions that were sent after `sinceMs`, and still answer. */
  freshProof(sinceMs: number): boolean {
    return freshProof(this.views(), this.options.config.quorum, sinceMs);
  }

  /** When the last question was sent that enough witnesses answered; undefined before that. */
  lastProofMs(): number | undefined {
    return lastProofMs(this.views(), this.options.config.quorum);
  }

  /** May this node take over from a partner that was silent for deadtime? See the policy of that name. */
  mayTake(partner: PartnerView): Answer {
    return mayTake(this.options.config, this.views(), partner, monotonicNowMs());
  }

  /** Must this node, which holds the addresses, give them up? See the policy of that name. */
  mustLetGo(partner: PartnerView, awakeSinceMs: number): Answer {
    return mustLetGo(this.options.config, this.views(), partner, awakeSinceMs, monotonicNowMs());
  }

  /** What `status` says; undefined where no witness is configured. */
  status(): WitnessStatus | undefined {
    if (this.options.config.targets.length === 0) return undefined;
    return witnessStatus(this.options.config, this.views(), monotonicNowMs());
  }

  private views(): readonly ProbeState[] {
    return this.watched.length === 0 ? this.unasked : this.watched.map(({ state }) => state);
  }

  private onAsker(index: number, event: ProbeEvent): void {
    const one = this.watched[index];
    if (one === undefined) return;
    const before = one.state;
    this.step(one, event);
    if (one.state !== before && event.type === 'answered') this.options.onNews?.();
    this.plan();
  }

  private tick(): void {
    for (const one of this.watched) this.step(one, { type: 'tick' });
    this.plan();
  }

  /** One timer for all of them. */
  private plan(): void {
    clearTimeout(this.timer);
    clearImmediate(this.due);
    if (this.watched.length === 0) return;
    const atMs = Math.min(...this.watched.map(({ state }) => nextProbeTickMs(state)));
    this.timer = setTimeout(
      () => {
        // A late process reads what has arrived first, before it calls anything unanswered.
        this.due = setImmediate(() => this.tick());
      },
      Math.max(0, Math.ceil(atMs - monotonicNowMs())),
    );
  }

  private step(one: Watched, event: ProbeEvent): void {
    const nowMs = monotonicNowMs();
    const { state, effects } = stepProbe(this.settings, one.state, event, nowMs);
    one.state = state;
    for (const effect of effects) {
      if (effect.type === 'ask') this.ask(one, nowMs);
      else if (effect.type === 'giveUp') one.asker.giveUp();
      else this.tellChange(one);
    }
  }

  private ask({ target, asker }: Watched, nowMs: number): void {
    if (this.isOwn(target.address, nowMs)) {
      const index = this.watched.findIndex((one) => one.asker === asker);
      this.onAsker(index, { type: 'failed', sentMs: nowMs, problem: 'this machine has the address itself' });
    } else asker.ask(nowMs);
  }

  /** What this machine answers itself proves nothing. */
  private isOwn(address: string, nowMs: number): boolean {
    if (nowMs >= this.own.untilMs) this.own = { set: ownAddresses(), untilMs: nowMs + OWN_ADDRESSES_KEPT_MS };
    return this.own.set.has(address);
  }

  private tellChange({ target, state }: Watched): void {
    this.options.onChange({ name: target.name, reach: state.reach, problem: state.problem });
    if (state.reach === 'unreachable') this.options.onNews?.();
  }
}
