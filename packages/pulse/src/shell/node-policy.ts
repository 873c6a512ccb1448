import { monotonicNowMs } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import type { ReadinessStatus, WitnessStatus } from '@piranha/protocol';
import type { Coverage } from '../core/coverage.js';
import { COVERAGE_WAIT_MS, COVERAGE_WANTED_PERCENT } from '../core/coverage-wait.js';
import { type FailbackState, NO_FAILBACK, stepFailback } from '../core/failback.js';
import type { Views } from '../core/move-refusal.js';
import { nextTaker } from '../core/other-directors.js';
import { wordOfView } from '../core/others-summary.js';
import {
  type NodeView,
  ownView,
  type ReadinessFacts,
  type ReadinessNews,
  readinessGaps,
  readinessStatus,
  stepReadinessNews,
  viewGap,
} from '../core/readiness.js';
import type { PulseEvent, PulseState } from '../core/types.js';
import type { Backend } from './backend.js';
import { CoverageLook } from './coverage-look.js';
import type { LoadedSettings } from './load-settings.js';
import type { LvsdWord } from './lvsd-word.js';
import type { MaintenanceFile } from './maintenance-file.js';
import { type MoveResult, OperatorMoves } from './operator-moves.js';

/** How often the readiness is looked at, ms. */
const LOOK_MS = 500;

const COVERAGE_REASON = `${COVERAGE_WANTED_PERCENT} % are waited for, ${COVERAGE_WAIT_MS / 1_000} s at most`;

/** What is there beside the state machine. */
export interface PolicyParts {
  readonly log: EventLog;
  readonly backend: Backend;
  readonly maintenance: MaintenanceFile;
  /** What lvsd says of itself. */
  readonly lvsdWord: LvsdWord;
}

/** What the policy sees of the worker. */
export interface PolicyNeeds {
  readonly dispatch: (event: PulseEvent) => void;
  readonly now: () => Pick<LoadedSettings, 'configuration' | 'settings' | 'paths'> &
    Partial<Pick<LoadedSettings, 'directorNames'>> & {
      readonly state: PulseState;
    };
  /** What the voluntary move under way costs. */
  readonly cost: () => Promise<string | undefined>;
  /** How many of the connections in use the partner knows; undefined where that is not known. */
  readonly coverage: () => Promise<Coverage | undefined>;
  readonly witness: () => WitnessStatus | undefined;
  /** What the partner, or one of several directors, says of itself in its beats; words of 4 bytes say nothing of the kind. */
  readonly partnerView: (name?: string) => NodeView | undefined;
  /** What `primaryMissed` says is another thing now. */
  readonly onMissed: () => void;
}

/** Everything about moves that nobody is forced to: what operators ask for, and whether this node is ready. */
export class NodePolicy {
  readonly moves: OperatorMoves;
  private news: ReadinessNews = { told: undefined, pending: undefined };
  private failback: FailbackState = NO_FAILBACK;
  private readonly coverage: CoverageLook;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly parts: PolicyParts,
    private readonly needs: PolicyNeeds,
  ) {
    this.moves = new OperatorMoves({ ...needs, views: (to) => this.views(to), file: parts.maintenance });
    this.coverage = new CoverageLook(needs.coverage, ({ known, total }) =>
      parts.log.log('PULSE_FAILBACK_COVERAGE', { known, total, reason: COVERAGE_REASON }),
    );
  }

  /** Whether the primary was away while this backup served, so that `failback` concerns it. */
  get primaryMissed(): boolean {
    return this.failback.missed;
  }

  /** @param primaryMissed as the process before this one knew it, where this one goes on for it */
  start(primaryMissed: boolean): void {
    this.failback = { ...NO_FAILBACK, missed: primaryMissed };
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The state machine made a step. */
  stepped(before: PulseState, after: PulseState): void {
    this.moves.keep(before, after);
  }

  /** Tells those who asked for a move. */
  answer(result: MoveResult): void {
    this.moves.answer(result);
  }

  /** What a beat of the own protocol is to say of this node. */
  ownView(): NodeView {
    return ownView(this.facts());
  }

  /** For pulse's status. */
  readiness(): ReadinessStatus {
    return readinessStatus(this.facts());
  }

  /** @param to one of several directors; else the one that would take over */
  private views(to?: string): Views {
    const own = this.ownView();
    const { others } = this.needs.now().state;
    if (others === undefined) return { own, partner: this.needs.partnerView() };
    const name = to ?? nextTaker(others)?.name;
    return { own, name, partner: name === undefined ? undefined : this.needs.partnerView(name) };
  }

  /** Of several directors the first one alone gets the addresses back. */
  private failbackLook() {
    const { state, settings } = this.needs.now();
    const first = settings.others?.find(({ rank }) => rank === 0)?.name;
    const view = first === undefined ? undefined : state.others?.views.find(({ name }) => name === first);
    if (view === undefined) return { state, views: this.views(), to: undefined };
    return { state: { ...state, ...wordOfView(view) }, views: this.views(first), to: first };
  }

  /** Who waits for whom depends on it where there are several directors. */
  private lookAtOrder(): void {
    const { others } = this.needs.now().state;
    if (others === undefined) return;
    const isReady = viewGap(this.ownView()) === undefined;
    if (isReady !== others.isReady) this.needs.dispatch({ type: 'readiness', isReady });
  }

  private facts(): ReadinessFacts {
    const { backend, lvsdWord } = this.parts;
    const { state, configuration } = this.needs.now();
    return {
      state,
      isCold: configuration.standby === 'cold',
      lvsd: lvsdWord.latest(),
      missing: backend.children
        .filter((child) => child.connection === undefined)
        .map((child) => child.status().name),
      sync: backend.syncListening(),
      witness: this.needs.witness(),
    };
  }

  private look(): void {
    this.lookAtOrder();
    this.lookAtReadiness();
    this.lookAtFailback();
  }

  private lookAtFailback(): void {
    const { settings, configuration } = this.needs.now();
    const { state, views, to } = this.failbackLook();
    const step = stepFailback(configuration, settings, state, views, this.failback, monotonicNowMs());
    if (step.news !== 'begins') this.coverage.forget();
    else if (!this.primaryKnowsEnough()) return;
    const { missed } = this.failback;
    this.failback = step.state;
    if (missed !== step.state.missed) this.needs.onMissed();
    if (step.news === 'nothing') return;
    const fields = { reason: `failback = ${configuration.failback}`, holdMs: configuration.failbackHoldMs };
    this.parts.log.log(step.news === 'waits' ? 'PULSE_FAILBACK_WAITS' : 'PULSE_FAILBACK', fields);
    // Of `always` nothing is asked that the partner could lack; the handover itself is undone where it does not take.
    if (step.news === 'begins')
      this.needs.dispatch(to === undefined ? { type: 'handover' } : { type: 'handover', to });
  }

  /** Whether the primary knows this node's connections well enough; begins to read it. */
  private primaryKnowsEnough(): boolean {
    // Of `always` nothing is asked that the partner could lack.
    const { configuration } = this.needs.now();
    if (configuration.failback === 'always' || this.parts.backend.syncListening() === undefined) return true;
    return this.coverage.mayMove(monotonicNowMs());
  }

  /** Who serves is not waiting to take over: what it lacks is told when it stands by again. */
  private lookAtReadiness(): void {
    const facts = this.facts();
    if (facts.state.duty !== 'standby') return;
    const gaps = readinessGaps(facts);
    const { news, changed } = stepReadinessNews(this.news, gaps, monotonicNowMs());
    this.news = news;
    if (!changed) return;
    if (gaps.length === 0) this.parts.log.log('PULSE_READY');
    else this.parts.log.log('PULSE_NOT_READY', { reason: gaps.map(({ text }) => text).join('; ') });
  }
}
