import type { LvsConfiguration } from '@piranha/config';
import type { EventFields, EventId } from '@piranha/events';
import type { Coverage } from '../core/coverage.js';
import { COVERAGE_WAIT_MS, COVERAGE_WANTED_PERCENT } from '../core/coverage-wait.js';
import { type FailbackState, type FailbackTaker, NO_FAILBACK, stepFailback } from '../core/failback.js';
import type { Views } from '../core/move-refusal.js';
import type { PulseSettings, PulseState } from '../core/types.js';
import { CoverageLook } from './coverage-look.js';

const COVERAGE_REASON = `${COVERAGE_WANTED_PERCENT} % are waited for, ${COVERAGE_WAIT_MS / 1_000} s at most`;

/** A group of addresses, as moves that nobody is forced to see it. */
export interface PolicyGroup {
  readonly name: string;
  readonly state: PulseState;
  readonly settings: PulseSettings;
  /** False where the partner's lvs.cf does not have it: nobody could take it alone. */
  readonly isKnown: boolean;
  /** It has no address, and nobody hears of it. */
  readonly isPhantom: boolean;
  /** False where the partner goes by another lvs.cf, whose groups may have other addresses. */
  readonly isAlike: boolean;
}

/** What the return of a group goes by. */
export interface FailbackView extends FailbackTaker {
  readonly views: Views;
}

/** What is told of a return. */
type FailbackLine = Extract<EventId, 'PULSE_FAILBACK' | 'PULSE_FAILBACK_WAITS' | 'PULSE_FAILBACK_COVERAGE'>;

/** What it sees of the node. */
export interface FailbackNeeds {
  readonly configuration: () => Pick<LvsConfiguration, 'failback' | 'failbackHoldMs'>;
  readonly viewOf: (group: PolicyGroup) => FailbackView;
  /** How many of the connections in use the partner knows; undefined where that is not known. */
  readonly coverage: () => Promise<Coverage | undefined>;
  /** Whether a partner learns connections at all. */
  readonly learns: () => boolean;
  /** The time for the planned handover of a group has come. */
  readonly onDue: (group: string, to: string | undefined) => void;
  readonly log: (id: FailbackLine, fields: EventFields, group: string) => void;
}

/** When each group goes back to the director that is preferred for it. */
export class GroupFailback {
  private readonly states = new Map<string, FailbackState>();
  private readonly coverage = new Map<string, CoverageLook>();

  constructor(private readonly needs: FailbackNeeds) {}

  /** The groups whose preferred director was away while this node served. */
  get missed(): ReadonlySet<string> {
    return new Set([...this.states].flatMap(([name, { missed }]) => (missed ? [name] : [])));
  }

  /** These groups' preferred director is not the one that has them, for whatever happened before. */
  remember(missed: Iterable<string>): void {
    for (const name of missed) this.states.set(name, { ...NO_FAILBACK, missed: true });
  }

  /** One look at all groups. @returns whether `missed` is another now */
  look(groups: readonly PolicyGroup[], nowMs: number): boolean {
    for (const name of this.states.keys()) {
      if (!groups.some((group) => group.name === name)) this.states.delete(name);
    }
    return groups.map((group) => this.lookAt(group, nowMs)).includes(true);
  }

  private lookAt(group: PolicyGroup, nowMs: number): boolean {
    const { needs } = this;
    const { name, settings, isKnown, isAlike, isPhantom } = group;
    const configuration = needs.configuration();
    const { state, views: seen, to } = needs.viewOf(group);
    const views = isKnown && isAlike ? seen : { ...seen, partner: undefined };
    const before = this.states.get(name) ?? NO_FAILBACK;
    const step = stepFailback(configuration, settings, state, views, before, nowMs);
    if (step.news !== 'begins') this.lookOf(name).forget();
    else if (!this.isKnownEnough(name, configuration, nowMs)) return false;
    this.states.set(name, step.state);
    if (step.news !== 'nothing' && !isPhantom) {
      const fields = { reason: `failback = ${configuration.failback}`, holdMs: configuration.failbackHoldMs };
      needs.log(step.news === 'waits' ? 'PULSE_FAILBACK_WAITS' : 'PULSE_FAILBACK', fields, name);
    }
    // Of `always` nothing is asked that the partner could lack; the handover itself is undone where it does not take.
    if (step.news === 'begins') needs.onDue(name, to);
    return before.missed !== step.state.missed;
  }

  /** Whether the other one knows this node's connections well enough; begins to read it. */
  private isKnownEnough(
    name: string,
    { failback }: Pick<LvsConfiguration, 'failback'>,
    nowMs: number,
  ): boolean {
    // Of `always` nothing is asked that the partner could lack.
    if (failback === 'always' || !this.needs.learns()) return true;
    return this.lookOf(name).mayMove(nowMs);
  }

  private lookOf(name: string): CoverageLook {
    const known = this.coverage.get(name);
    if (known !== undefined) return known;
    const look = new CoverageLook(this.needs.coverage, ({ known: count, total }) =>
      this.needs.log('PULSE_FAILBACK_COVERAGE', { known: count, total, reason: COVERAGE_REASON }, name),
    );
    this.coverage.set(name, look);
    return look;
  }
}
