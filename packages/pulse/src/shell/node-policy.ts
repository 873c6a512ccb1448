import { monotonicNowMs } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import type { ReadinessStatus, WitnessStatus } from '@piranha/protocol';
import type { Coverage } from '../core/coverage.js';
import { nodeDuty } from '../core/duties.js';
import { failbackTaker } from '../core/failback.js';
import { GroupResults, type MoveResult } from '../core/group-results.js';
import type { Views } from '../core/move-refusal.js';
import { nextTaker } from '../core/other-directors.js';
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
import type { MaintenanceOrder, PulseEvent, PulseState } from '../core/types.js';
import type { Backend } from './backend.js';
import { type FailbackView, GroupFailback, type PolicyGroup } from './group-failback.js';
import type { LoadedSettings } from './load-settings.js';
import type { LvsdWord } from './lvsd-word.js';
import type { MaintenanceFile } from './maintenance-file.js';
import { OperatorMoves } from './operator-moves.js';

/** How often the readiness is looked at, ms. */
const LOOK_MS = 500;

/** Of several groups not all go to the primary. */
const GROUP_LINES = {
  PULSE_FAILBACK_WAITS: 'PULSE_GROUP_FAILBACK_WAITS',
  PULSE_FAILBACK_COVERAGE: 'PULSE_GROUP_FAILBACK_COVERAGE',
  PULSE_FAILBACK: 'PULSE_GROUP_FAILBACK',
} as const;

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
  /** @param groups that the event is for; all of them where nothing is said */
  readonly dispatch: (event: PulseEvent, groups?: readonly string[]) => void;
  readonly now: () => Pick<LoadedSettings, 'configuration' | 'settings' | 'paths'> &
    Partial<Pick<LoadedSettings, 'directorNames'>> & {
      /** Of the main group. */
      readonly state: PulseState;
    };
  /** Every group of addresses, main first; that one alone where lvs.cf has no groups. */
  readonly groups: () => readonly PolicyGroup[];
  /** What the voluntary move under way costs. */
  readonly cost: () => Promise<string | undefined>;
  /** How many of the connections in use the partner knows; undefined where that is not known. */
  readonly coverage: () => Promise<Coverage | undefined>;
  readonly witness: () => WitnessStatus | undefined;
  /** What the partner, or one of several directors, says of itself in its beats; words of 4 bytes say nothing of the kind. */
  readonly partnerView: (name?: string) => NodeView | undefined;
  /** What `missed` says is another thing now. */
  readonly onMissed: () => void;
}

/** Everything about moves that nobody is forced to: what operators ask for, and whether this node is ready. */
export class NodePolicy {
  readonly moves: OperatorMoves;
  private news: ReadinessNews = { told: undefined, pending: undefined };
  private readonly failback: GroupFailback;
  private readonly results = new GroupResults();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly parts: PolicyParts,
    private readonly needs: PolicyNeeds,
  ) {
    this.moves = new OperatorMoves({
      ...needs,
      views: (to) => this.views(to),
      file: parts.maintenance,
      results: this.results,
    });
    this.failback = new GroupFailback({
      configuration: () => needs.now().configuration,
      viewOf: (group) => this.failbackView(group),
      coverage: needs.coverage,
      learns: () => parts.backend.syncListening() !== undefined,
      onDue: (group, to) =>
        needs.dispatch(to === undefined ? { type: 'handover' } : { type: 'handover', to }, [group]),
      log: (id, fields, group) => {
        const isGrouped = needs.groups().length > 1;
        parts.log.log(isGrouped ? GROUP_LINES[id] : id, isGrouped ? { ...fields, group } : fields);
      },
    });
  }

  /** The groups whose preferred director was away while this node served, so that `failback` concerns them. */
  get missed(): ReadonlySet<string> {
    return this.failback.missed;
  }

  /** @param missed as the process before this one knew it, where this one goes on for it */
  start(missed: Iterable<string>): void {
    this.failback.remember(missed);
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  /**
   * A reload went over to these groups; whoever waits for one that is gone is told.
   * @param strays groups that are new, and held here although their preferred director is there
   */
  regrouped(groups: readonly string[], strays: readonly string[]): void {
    for (const whole of this.results.keepOnly(groups)) this.moves.answer(whole);
    if (strays.length === 0) return;
    this.failback.remember(strays);
    this.needs.onMissed();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The order of maintenance standby that was in force before a step of the state machines, and after it. */
  stepped(before: MaintenanceOrder | undefined, after: MaintenanceOrder | undefined): void {
    this.moves.keep(before, after);
  }

  /** A group's answer to what an operator asked for. */
  answer(group: string, result: MoveResult): void {
    const whole = this.results.answer(group, result);
    if (whole !== undefined) this.moves.answer(whole);
  }

  /** What a beat of the own protocol is to say of this node. */
  ownView(): NodeView {
    const view = ownView(this.facts());
    // Where several wait for each other's turn, this node must not say one thing and go by another.
    if (this.isNewOrder(view)) queueMicrotask(() => this.lookAtOrder());
    return view;
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

  private failbackView({ state, settings }: PolicyGroup): FailbackView {
    const taker = failbackTaker(settings, state);
    return { ...taker, views: this.views(taker.to) };
  }

  /** Who waits for whom depends on it where there are several directors. */
  private lookAtOrder(): void {
    const view = ownView(this.facts());
    if (this.isNewOrder(view))
      this.needs.dispatch({ type: 'readiness', isReady: viewGap(view) === undefined });
  }

  private isNewOrder(view: NodeView): boolean {
    const { others } = this.needs.now().state;
    return others !== undefined && others.isReady !== (viewGap(view) === undefined);
  }

  private facts(): ReadinessFacts {
    const { backend, lvsdWord } = this.parts;
    const { state, configuration } = this.needs.now();
    const states = this.needs.groups().map((group) => group.state);
    return {
      state: { ...state, duty: nodeDuty(state, states, configuration.standby === 'cold') },
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
    if (this.failback.look(this.needs.groups(), monotonicNowMs())) this.needs.onMissed();
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
