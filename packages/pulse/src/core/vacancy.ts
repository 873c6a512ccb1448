import { deadAtMs } from './dead-timer.js';
import { staysOut } from './duties.js';
import {
  directorsAhead,
  holderOf,
  isStart,
  type OthersState,
  type OtherView,
  rankStepMs,
} from './other-directors.js';
import type { PulseSettings, PulseState } from './types.js';

/**
 * With more than two directors a standby takes the addresses when nobody holds them as far as it hears, and whoever is
 * ahead of it by readiness and rank has not taken them within a step each.
 */

/** True where nobody of the others lives, as far as this node hears. */
export function isAlone({ views }: Pick<OthersState, 'views'>): boolean {
  return views.every(({ life }) => life === 'dead');
}

/** Whether this node would take addresses that nobody holds. An order "unless alone" stands until it is alone. */
function waitsForVacancy(state: PulseState, others: OthersState): boolean {
  const { duty, disabled, maintenance } = state;
  if ((duty !== 'standby' && duty !== 'claiming') || disabled || staysOut(state)) return false;
  return maintenance === undefined || isAlone(others);
}

/** Whether the addresses go to a named director that is not this one, or that must not take them. */
function isForOther(
  { failure, maintenance }: PulseState,
  own: string,
  { views, freed }: OthersState,
): boolean {
  const releasing = views.find(({ name, duty }) => name === freed?.by && duty === 'releasing');
  if (releasing === undefined || freed?.heir === undefined) return false;
  return freed.heir !== own || failure !== undefined || maintenance !== undefined;
}

/**
 * Whether the gate must permit a takeover. What one director says of itself is not enough while another one is silent:
 * that one may hold the addresses, and who let them go may have done so for it.
 */
export function needsGate({ views }: Pick<OthersState, 'views'>): boolean {
  return views.some(({ life }) => life === 'dead');
}

/** A living director whose next beat is missing: where a gate decides, it is waited for until it speaks or counts as dead. */
export function lateDirector(
  { gateAfterMs = Infinity }: PulseSettings,
  { views }: OthersState,
  nowMs: number,
): OtherView | undefined {
  return views.find(({ life, lastHeardMs }) => life === 'alive' && nowMs - lastHeardMs >= gateAfterMs);
}

/** Whether the addresses are free by a silence alone. */
export function isBySilence(others: OthersState): boolean {
  return others.freed === undefined && needsGate(others);
}

/** Words of a start are old after so many keepalives: whoever said them may have been parted since, and serve. */
const START_WORDS_KEEPALIVES = 2;

/** Whether a director that does not hold the addresses, as far as is known, may hold them all the same. */
function mayHold(
  { keepaliveMs }: PulseSettings,
  others: OthersState,
  { life, saidMs }: OtherView,
  nowMs: number,
): boolean {
  if (life !== 'alive') return life === 'unknown';
  const isOld = isStart(others) && nowMs - saidMs > START_WORDS_KEEPALIVES * keepaliveMs;
  return isOld || saidMs < others.freshFromMs;
}

/** The others as they are now: who was silent for too long is dead, and since when nobody holds the addresses. */
export function othersNow(
  settings: PulseSettings,
  state: PulseState,
  others: OthersState,
  nowMs: number,
): OthersState {
  const { youngUntilMs } = state;
  const views = others.views.map((view) => {
    const isOver = nowMs >= deadAtMs(settings, { lastHeardMs: view.lastHeardMs, youngUntilMs });
    return view.life !== 'dead' && isOver ? { ...view, life: 'dead' as const } : view;
  });
  // What a director said before it fell silent may not hold any more.
  const isKept = views.some(({ name, life }) => name === others.freed?.by && life === 'alive');
  const noted = { ...others, views, freed: isKept ? others.freed : undefined };
  const mayBeHeld =
    holderOf(noted) !== undefined || views.some((view) => mayHold(settings, noted, view, nowMs));
  const isVacant = !mayBeHeld && waitsForVacancy(state, noted);
  return { ...noted, vacantSinceMs: isVacant ? Math.min(others.vacantSinceMs, nowMs) : Infinity };
}

/** When this node takes addresses that nobody holds, monotonic ms; Infinity where it does not. */
export function vacancyDueMs(settings: PulseSettings, state: PulseState): number {
  const { others, failure, maintenance } = state;
  const { self } = settings;
  if (others === undefined || self === undefined || !waitsForVacancy(state, others)) return Infinity;
  if (isForOther(state, self.name, others)) return Infinity;
  const isReady = others.isReady && failure === undefined && maintenance === undefined;
  return others.vacantSinceMs + directorsAhead({ ...self, isReady }, others) * rankStepMs(settings);
}

/** Whether the gate has to be asked at this moment. */
export function vacancyAsksGate(settings: PulseSettings, state: PulseState, nowMs: number): boolean {
  if (state.others === undefined) return false;
  const others = othersNow(settings, state, state.others, nowMs);
  return needsGate(others) && nowMs >= vacancyDueMs(settings, { ...state, others });
}

/** When a silence or a vacancy is to be looked at next, monotonic ms. */
export function vacancyTickMs(settings: PulseSettings, state: PulseState): number {
  const { others, youngUntilMs, heldBack } = state;
  if (others === undefined) return Infinity;
  const silences = others.views
    .filter(({ life }) => life !== 'dead')
    .map(({ lastHeardMs }) => deadAtMs(settings, { lastHeardMs, youngUntilMs }));
  const dueMs = heldBack === undefined ? vacancyDueMs(settings, state) : Infinity;
  return Math.min(dueMs, ...silences);
}
