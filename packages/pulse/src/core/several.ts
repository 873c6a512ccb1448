import type { GroupDuty } from '@piranha/protocol/beat';
import { isHolding } from './duties.js';
import {
  andThen,
  announceAgain,
  drop,
  endRelease,
  log,
  onLocalFailure,
  sendNow,
  withEffects,
  withTakeLimit,
} from './moves.js';
import {
  type Freed,
  type OthersState,
  type OtherView,
  type RankedDirector,
  rankOrder,
} from './other-directors.js';
import { onReleaseAsked } from './partner.js';
import { GATE_NOT_ASKED, onVacancy } from './take-vacant.js';
import type { GateAnswer, PulseEvent, PulseSettings, PulseState, PulseStep } from './types.js';
import { isAlone, othersNow } from './vacancy.js';

/** The state table of pulse where there are more than two directors: what each of the others says, and their silences. */

type HeardOf = Extract<PulseEvent, { type: 'heardOf' }>;

function holds(duty: GroupDuty['duty']): boolean {
  return duty === 'active' || duty === 'taking';
}

/** Whether the sender of a beat is of better rank. */
function isBefore({ from, rank }: HeardOf, self: RankedDirector): boolean {
  return rankOrder({ name: from, rank }, self) < 0;
}

/** A beat of another director arrived. */
export function onHeardOf(
  settings: PulseSettings,
  state: PulseState,
  event: HeardOf,
  nowMs: number,
): PulseStep {
  const before = state.others?.views.find(({ name }) => name === event.from);
  const { self } = settings;
  if (state.others === undefined || before === undefined || self === undefined) return { state, effects: [] };
  const others = withBeat(state, state.others, before, event, nowMs);
  const word = event.duty === 'active' ? 'lvs running' : 'lvs stopped';
  const seen = before.life === 'alive' ? [] : [log('PULSE_PARTNER_SEEN', { director: event.from, word })];
  const step = andThen(withEffects(state, ...seen), (next) => judged(settings, next, others, nowMs));
  if (event.asksRelease) return andThen(step, (next) => onReleaseAsked(settings, next, nowMs));
  const reacted = andThen(step, (next) =>
    holds(event.duty)
      ? onHolds(settings, next, event, isBefore(event, self), nowMs)
      : onHoldsNothing(settings, next, before, nowMs),
  );
  return andThen(reacted, (next) => onVacancy(settings, next, GATE_NOT_ASKED, nowMs));
}

/** Somebody else holds the addresses, or is about to: the better rank keeps them, unless it was asleep meanwhile. */
function onHolds(
  settings: PulseSettings,
  state: PulseState,
  { from: name, duty }: HeardOf,
  isBetter: boolean,
  nowMs: number,
): PulseStep {
  const isActive = duty === 'active';
  if (state.duty === 'releasing' && isActive) {
    return andThen(endRelease(state, true, `${name} took over`), (next) =>
      drop(next, `${name} took over`, log('PULSE_HANDOVER_DONE', { director: name })),
    );
  }
  if (state.duty !== 'active' && state.duty !== 'taking') return { state, effects: [] };
  // Who serves goes on until the better one does.
  const yields = state.listening ? isActive : isBetter && (isActive || state.duty === 'taking');
  if (yields) {
    const last = state.listening ? { state, effects: [] } : sendNow(settings, state, nowMs);
    const reason = state.listening
      ? `${name} took over while this node was silent`
      : `tie: ${name} is of better rank`;
    const told = log('PULSE_PARTNER_ACTIVE_YIELD', { director: name, reason });
    return andThen(last, (next) => drop(next, reason, told));
  }
  if (state.duty === 'taking' && isActive) {
    return { state: withTakeLimit(settings, state, nowMs), effects: [] };
  }
  const isAnnounced = nowMs - state.lastAnnounceMs < settings.keepaliveMs;
  if (isBetter || !isActive || state.listening || state.duty !== 'active' || isAnnounced) {
    return { state, effects: [] };
  }
  return announceAgain(state, `tie: ${name} is of worse rank`, nowMs);
}

function onHoldsNothing(
  settings: PulseSettings,
  state: PulseState,
  before: OtherView,
  nowMs: number,
): PulseStep {
  if (state.duty !== 'active') return { state, effects: [] };
  if (state.failure !== undefined && before.life !== 'alive') {
    return onLocalFailure(settings, state, state.failure, nowMs);
  }
  // It held them too, and may have told the network so after us.
  if (before.life !== 'alive' || before.duty !== 'active') return { state, effects: [] };
  return announceAgain(state, `${before.name} let go`, nowMs);
}

/** What is known of the others after a beat of one of them. */
function withBeat(
  state: PulseState,
  others: OthersState,
  before: OtherView,
  event: HeardOf,
  nowMs: number,
): OthersState {
  const heard: OtherView = {
    ...before,
    life: 'alive',
    // What it goes by itself: with another order of blocks on each side both would be the better one, or none.
    rank: event.rank,
    duty: event.duty,
    isReady: event.isReady,
    lastHeardMs: nowMs,
    saidMs: nowMs,
    heardSinceMs: before.life === 'alive' ? before.heardSinceMs : nowMs,
  };
  const views = others.views.map((view) => (view === before ? heard : view));
  const freed = freedAfter(others.freed, before, event);
  // Who holds them itself asks nobody.
  if (isHolding(state)) return { ...others, views, freed };
  return { ...others, views: views.map((view) => relayed(view, event, nowMs)), freed };
}

/** Who let the addresses go by its own word, after a beat. */
function freedAfter(freed: Freed | undefined, before: OtherView, event: HeardOf): Freed | undefined {
  if (holds(event.duty)) return undefined;
  const held = before.life === 'alive' && holds(before.duty);
  if (held || event.duty === 'releasing') return { by: event.from, heir: event.heir };
  return freed;
}

/** A director that a third one hears serving is not dead, though this node does not hear it. */
function relayed(view: OtherView, { from, relays }: HeardOf, nowMs: number): OtherView {
  const ageMs = view.name === from ? undefined : relays.find(({ name }) => name === view.name)?.ageMs;
  if (ageMs === undefined || nowMs - ageMs <= view.lastHeardMs) return view;
  const lastHeardMs = nowMs - ageMs;
  // What it said itself counts: the other may not have heard the end of it.
  const serves = view.duty === 'active' || view.duty === 'releasing';
  if (view.life === 'alive') return serves ? { ...view, lastHeardMs } : view;
  // Too old news end at the next look.
  return { ...view, life: 'alive', duty: 'active', isReady: false, lastHeardMs, heardSinceMs: nowMs };
}

/** What the silences of the others mean at a tick. `leavesAlone`: the last one that lived has fallen silent. */
export function onSilences(
  settings: PulseSettings,
  state: PulseState,
  gate: GateAnswer | undefined,
  nowMs: number,
): { readonly step: PulseStep; readonly leavesAlone: boolean } {
  const before = state.others;
  if (before === undefined) return { step: { state, effects: [] }, leavesAlone: false };
  const step = judged(settings, state, before, nowMs);
  return {
    step: andThen(step, (next) => onVacancy(settings, next, gate, nowMs)),
    leavesAlone: before.views.some(({ life }) => life === 'alive') && isAlone(step.state.others ?? before),
  };
}

/** The others of now, as they are after what was heard; whose silence ends a life is told. */
function judged(settings: PulseSettings, state: PulseState, heard: OthersState, nowMs: number): PulseStep {
  const others = othersNow(settings, state, heard, nowMs);
  const before = state.others?.views ?? [];
  const lost = others.views.filter(({ life }, index) => life === 'dead' && before[index]?.life === 'alive');
  const told = lost.map(({ name, lastHeardMs }) =>
    log('PULSE_PARTNER_LOST', { director: name, silentMs: Math.round(nowMs - lastHeardMs) }),
  );
  return withEffects({ ...state, others }, ...told);
}
