import { heldBackBy } from './gate.js';
import { andThen, log, sendNow, take, withEffects } from './moves.js';
import { holderOf, type OthersState } from './other-directors.js';
import type { GateAnswer, PulseEffect, PulseSettings, PulseState, PulseStep } from './types.js';
import { lateDirector, needsGate, vacancyDueMs } from './vacancy.js';

/** Where the gate was not asked: what needs it waits for the next tick. */
export const GATE_NOT_ASKED = 'gate not asked';

/** Takes the addresses that nobody holds, waits for its turn, or stands by. `others` of the state are those of now. */
export function onVacancy(
  settings: PulseSettings,
  state: PulseState,
  gate: GateAnswer | typeof GATE_NOT_ASKED | undefined,
  nowMs: number,
): PulseStep {
  const { others, duty } = state;
  if (others === undefined || (duty !== 'standby' && duty !== 'claiming')) return { state, effects: [] };
  const dueMs = vacancyDueMs(settings, state);
  if (dueMs === Infinity) return { state: standsBy(state, others), effects: [] };
  if (nowMs < dueMs) {
    // Its turn is not there yet: nothing holds it back until then.
    if (duty === 'claiming') return { state: { ...state, heldBack: undefined }, effects: [] };
    const claiming: PulseState = {
      ...state,
      duty: 'claiming',
      reason: 'nobody serves',
      heldBack: undefined,
    };
    return withEffects(claiming, log('PULSE_CLAIM_WAIT', { waitMs: Math.round(dueMs - nowMs) }));
  }
  const late = lateDirector(settings, others, nowMs);
  if (late !== undefined) return { state: heldBackFor(state, `${late.name} is late`), effects: [] };
  if (needsGate(others) && settings.gateAfterMs !== undefined) {
    if (gate === GATE_NOT_ASKED) return { state, effects: [] };
    const heldBack = heldBackBy(settings, gate);
    if (heldBack !== undefined) return { state: heldBackFor(state, heldBack), effects: [] };
  }
  const { reason, told } = takeover(settings, others, nowMs);
  // Whoever is behind in the order hears of it before its own turn.
  return andThen(take({ ...state, heldBack: undefined }, reason, told), (next) =>
    sendNow(settings, next, nowMs),
  );
}

function heldBackFor(state: PulseState, heldBack: string): PulseState {
  return { ...state, duty: 'standby', heldBack };
}

/** Behind the name of who serves, as long as this node stands by for that one. */
const SERVES = ' serves';

function standsBy(state: PulseState, others: OthersState): PulseState {
  const holder = holderOf(others);
  const isForHolder = state.duty === 'claiming' || state.reason.endsWith(SERVES);
  const reason = holder === undefined || !isForHolder ? state.reason : `${holder.name}${SERVES}`;
  const duty = state.duty === 'claiming' ? 'standby' : state.duty;
  return { ...state, duty, reason, heldBack: undefined };
}

/** Why the addresses are taken, and the line for the log. */
function takeover(
  settings: PulseSettings,
  others: OthersState,
  nowMs: number,
): { readonly reason: string; readonly told: PulseEffect } {
  const { views, freed } = others;
  if (freed !== undefined) {
    const isFirst = views.some(({ name, rank }) => name === freed.by && rank === 0);
    const event = isFirst ? 'PULSE_PRIMARY_STOPPED' : 'PULSE_BACKUP_STOPPED';
    const reason = freed.heir === undefined ? `${freed.by} stopped` : `${freed.by} hands over`;
    return { reason, told: log(event, { director: freed.by, reason }) };
  }
  const dead = views.filter(({ life }) => life === 'dead');
  if (dead.length === 0) {
    const event = settings.role === 'primary' ? 'PULSE_BACKUP_STOPPED' : 'PULSE_PRIMARY_STOPPED';
    return { reason: 'no director serves', told: log(event, { reason: 'claim' }) };
  }
  // Of several that fell silent the one that served last, if any did.
  const latest = dead.toSorted((one, other) => other.lastHeardMs - one.lastHeardMs);
  const gone = latest.find(({ duty }) => duty === 'active') ?? latest[0];
  const fields = {
    director: gone?.name,
    silentMs: Math.round(nowMs - (gone?.lastHeardMs ?? nowMs)),
    deadtimeMs: settings.deadtimeMs,
  };
  return { reason: `${gone?.name} dead`, told: log('PULSE_PARTNER_DEAD', fields) };
}
