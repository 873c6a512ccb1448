import type { HeartbeatWord } from '@piranha/protocol';
import { isHolding } from './duties.js';
import { type OtherView, type RankedDirector, unknownOthers } from './other-directors.js';
import type { PulseState } from './types.js';

/** What all rows of the state table need of several other directors: what is forgotten when, and the sum of it. */

/** This node could not hear for a while: whoever lived may still, and whoever was dead may serve. */
export function listeningAnew<T extends Pick<PulseState, 'others'>>(state: T, nowMs: number): T {
  return withViews(state, nowMs, (view) => ({ ...doubted(view, nowMs), lastHeardMs: nowMs }));
}

/** This node let the addresses go: whoever was dead to it may serve, and who fell silent while it listened is silent still. */
export function doubtingDeaths<T extends Pick<PulseState, 'others'>>(state: T, nowMs: number): T {
  return withViews(state, nowMs, (view) => doubted(view, nowMs));
}

/** The views anew; what was said before `nowMs` tells nothing of who holds the addresses now. */
function withViews<T extends Pick<PulseState, 'others'>>(
  state: T,
  nowMs: number,
  change: (view: OtherView) => OtherView,
): T {
  const { others } = state;
  if (others === undefined) return state;
  const views = others.views.map(change);
  return { ...state, others: { ...others, views, vacantSinceMs: Infinity, freshFromMs: nowMs } };
}

function doubted(view: OtherView, nowMs: number): OtherView {
  return view.life === 'dead' ? { ...view, life: 'unknown', lastHeardMs: nowMs } : view;
}

/** The state with the directors of these settings; of those that stay everything is kept. */
export function withDirectors(
  others: readonly RankedDirector[] | undefined,
  state: PulseState,
  nowMs: number,
): PulseState {
  if (others === undefined) return state.others === undefined ? state : { ...state, others: undefined };
  const fresh = unknownOthers(others, nowMs);
  const views = fresh.views.map((view) => {
    const known = state.others?.views.find(({ name }) => name === view.name);
    return known === undefined ? view : { ...known, rank: view.rank };
  });
  return { ...state, others: { ...fresh, ...state.others, views } };
}

/** What the pair's rows of the state table know of all others together. */
export function withSummary(state: PulseState): PulseState {
  const { others } = state;
  if (others === undefined) return state;
  const { views } = others;
  const alive = views.filter(({ life }) => life === 'alive');
  const serves = alive.find(({ duty }) => duty === 'active');
  const heir = state.duty === 'releasing' ? others.heir : undefined;
  return {
    ...state,
    others: heir === others.heir ? others : { ...others, heir },
    partnerWord: serves !== undefined ? 'lvs running' : alive.length > 0 ? 'lvs stopped' : undefined,
    lastHeardMs: decisiveHeardMs(state, views),
    heardSinceMs: Math.max(...(alive.length > 0 ? alive : views).map((view) => view.heardSinceMs)),
  };
}

/** What one of several directors says, as the partner of a pair would have said it. */
export function wordOfView({
  life,
  duty,
  lastHeardMs,
}: OtherView): Pick<PulseState, 'partnerWord' | 'lastHeardMs'> {
  const word = duty === 'active' ? 'lvs running' : 'lvs stopped';
  return { partnerWord: life === 'alive' ? word : undefined, lastHeardMs };
}

/**
 * Whether something heard ends a silence that a gate decides on. Of several directors one that lives says nothing about one
 * that is silent, unless it serves. @param from whose word it is
 */
export function endsSilence(
  { others }: Pick<PulseState, 'others'>,
  word: HeartbeatWord,
  from: string | undefined,
): boolean {
  if (others === undefined || word === 'lvs running') return true;
  return others.views.find(({ name }) => name === from)?.life !== 'alive';
}

/**
 * The silence that matters: to who holds the addresses that of anybody, for each may take them; to who would take them that
 * of the holder, and without one the latest word of those that fell silent.
 */
function decisiveHeardMs(state: PulseState, views: readonly OtherView[]): number {
  if (isHolding(state)) return Math.min(...views.map(({ lastHeardMs }) => lastHeardMs));
  const holder = views.find(({ life, duty }) => life === 'alive' && duty === 'active');
  if (holder !== undefined) return holder.lastHeardMs;
  const silent = views.filter(({ life }) => life !== 'alive');
  return Math.max(...(silent.length > 0 ? silent : views).map(({ lastHeardMs }) => lastHeardMs));
}
