import { hidesHeartbeats, judgeSilence, silenceDueMs } from './dead-timer.js';
import { waitsToTake } from './duties.js';
import { gateDueMs, heldBackBy, letGo } from './gate.js';
import { stepLeaving } from './leaving.js';
import { onMaintenance, onMaintenanceOver, withAlarm } from './maintenance.js';
import { onDropped, onLocalRecovered, onTaken, PARTNER_DEAD } from './moved.js';
import { andThen, log, onLocalFailure, onTakeLimit, sendNow, take, withEffects } from './moves.js';
import { withDirectors, withSummary } from './others-summary.js';
import { onTimesChanged } from './pair-times.js';
import { onHeard } from './partner.js';
import { onReleaseLimit } from './release-limit.js';
import { onHeardOf, onSilences } from './several.js';
import { hasSlept, wake } from './sleep.js';
import { withSplit } from './split.js';
import type { GateAnswer, PulseEffect, PulseEvent, PulseSettings, PulseState, PulseStep } from './types.js';
import { vacancyTickMs } from './vacancy.js';
import { onHandover, onShutdown } from './voluntary.js';

/**
 * The state table of the original's pulse in LVS mode, with its silent gaps closed: a voluntary release serves until
 * the partner does, a claim waits a random moment, a process that slept listens first. Times are monotonic ms.
 */

function onClaimDue(settings: PulseSettings, state: PulseState): PulseStep {
  const event = settings.role === 'primary' ? 'PULSE_BACKUP_STOPPED' : 'PULSE_PRIMARY_STOPPED';
  return take(state, 'partner is inactive', log(event, { reason: 'claim' }));
}

function onListened(settings: PulseSettings, state: PulseState, nowMs: number): PulseStep {
  // A release that slept has its time anew.
  const deadlineMs = state.duty === 'releasing' ? nowMs + settings.releaseLimitMs : Infinity;
  const awake: PulseState = { ...state, listening: false, deadlineMs };
  return andThen(withEffects(awake, log('PULSE_AWAKE'), { type: 'take' }, { type: 'announce' }), (next) =>
    sendNow(settings, next, nowMs),
  );
}

function onDeadline(settings: PulseSettings, state: PulseState, nowMs: number): PulseStep {
  if (nowMs < state.deadlineMs) return { state, effects: [] };
  if (state.listening) return onListened(settings, state, nowMs);
  if (state.duty === 'claiming') return onClaimDue(settings, state);
  if (state.duty === 'releasing') return onReleaseLimit(settings, state, nowMs);
  if (state.duty === 'taking') return onTakeLimit(settings, state, nowMs);
  return { state: { ...state, deadlineMs: Infinity }, effects: [] };
}

function onSilence(
  settings: PulseSettings,
  state: PulseState,
  gate: GateAnswer | undefined,
  nowMs: number,
): PulseStep {
  if (state.others !== undefined) {
    const { step, leavesAlone } = onSilences(settings, state, gate, nowMs);
    return leavesAlone ? andThen(step, (next) => onNobodyLeft(settings, next, nowMs)) : step;
  }
  const silentMs = nowMs - state.lastHeardMs;
  const limit = settings.hasPartner ? judgeSilence(settings, state, nowMs) : 'short';
  if (limit === 'short') return { state, effects: [] };
  if (limit === 'suspicious') return { state: { ...state, suspectedAtMs: nowMs }, effects: [] };
  const lost: PulseState = { ...state, partnerWord: undefined };
  if (state.duty === 'standby' || state.duty === 'claiming') {
    const isOut = !waitsToTake(state);
    const heldBack = isOut ? undefined : heldBackBy(settings, gate);
    if (isOut || heldBack !== undefined) {
      const told =
        state.partnerWord === undefined
          ? []
          : [log('PULSE_PARTNER_LOST', { silentMs: Math.round(silentMs) })];
      return withEffects({ ...lost, duty: 'standby', deadlineMs: Infinity, heldBack }, ...told);
    }
    // Even a node with a failure tries: serving badly beats nobody serving.
    const fields = {
      silentMs: Math.round(silentMs),
      deadtimeMs: settings.deadtimeMs,
      ...(limit === 'adaptive' ? { limit, adaptiveMs: settings.adaptiveMs } : { limit }),
      failure: state.failure,
    };
    const early: PulseEffect[] =
      limit === 'adaptive' ? [{ type: 'diedEarly', silentSinceMs: state.lastHeardMs }] : [];
    return take(lost, PARTNER_DEAD, log('PULSE_PARTNER_DEAD', fields), ...early);
  }
  if (state.partnerWord === undefined) return { state, effects: [] };
  const step = withEffects(lost, log('PULSE_PARTNER_LOST', { silentMs: Math.round(silentMs) }));
  return andThen(step, (next) => onNobodyLeft(settings, next, nowMs));
}

/** Nobody is left to hand over to; without a link nobody is served either. */
function onNobodyLeft(settings: PulseSettings, state: PulseState, nowMs: number): PulseStep {
  const ends = state.duty === 'releasing' || (state.duty === 'active' && state.disabled);
  return ends ? onReleaseLimit(settings, state, nowMs) : { state, effects: [] };
}

function onTick(
  settings: PulseSettings,
  state: PulseState,
  { lateMs, gate }: Extract<PulseEvent, { type: 'tick' }>,
  nowMs: number,
): PulseStep {
  if (hasSlept(settings, state, lateMs, nowMs)) return wake(settings, state, lateMs, nowMs);
  const told = hidesHeartbeats(settings, lateMs) ? { ...state, lateAtMs: nowMs } : state;
  const gateAtMs = gateDueMs(settings, told, gate, nowMs);
  const looked = letGo({ ...told, gateAtMs, heldBack: undefined }, gate);
  const timed = andThen(looked, (next) => onDeadline(settings, next, nowMs));
  return andThen(
    andThen(timed, (next) => onSilence(settings, next, gate, nowMs)),
    (next) => (nowMs >= next.nextSendMs ? sendNow(settings, next, nowMs) : { state: next, effects: [] }),
  );
}

/** One step: the next state and what the shell has to do, in order. `nowMs` is monotonic and never falls. */
export function stepPulse(
  settings: PulseSettings,
  state: PulseState,
  event: PulseEvent,
  nowMs: number,
): PulseStep {
  const step = stepLeaving(settings, state, event, nowMs, (from, what) =>
    stepAs(settings, from, what, nowMs),
  );
  const told = withSplit(settings, state, event, step, nowMs);
  const summed = { ...told, state: withSummary(told.state) };
  return withAlarm(settings, state, summed, nowMs);
}

function stepAs(settings: PulseSettings, state: PulseState, event: PulseEvent, nowMs: number): PulseStep {
  switch (event.type) {
    case 'tick':
      return onTick(settings, state, event, nowMs);
    case 'heard': {
      // What waited in the sockets may be read before the timer tells of the sleep.
      const slept = hasSlept(settings, state, 0, nowMs);
      const awake = slept ? wake(settings, state, 0, nowMs) : { state, effects: [] };
      return andThen(awake, (next) => onHeard(settings, next, event.word, event.random, nowMs));
    }
    case 'heardOf': {
      const slept = hasSlept(settings, state, 0, nowMs);
      const awake = slept ? wake(settings, state, 0, nowMs) : { state, effects: [] };
      return andThen(awake, (next) => onHeardOf(settings, next, event, nowMs));
    }
    case 'readiness': {
      const { others } = state;
      return {
        state: others ? { ...state, others: { ...others, isReady: event.isReady } } : state,
        effects: [],
      };
    }
    case 'leavable':
      return { state, effects: [] };
    case 'taken':
      return onTaken(settings, state, nowMs);
    case 'dropped':
      return onDropped(settings, state, nowMs);
    case 'handover':
      return onHandover(settings, state, event, nowMs);
    case 'maintenance':
      return onMaintenance(settings, state, event, nowMs);
    case 'maintenanceOver':
      return onMaintenanceOver(settings, state, event.by);
    case 'shutdown':
      return onShutdown(settings, state, event.signal, nowMs);
    case 'timesChanged':
      return onTimesChanged(settings, withDirectors(settings.others, state, nowMs), event.hadPartner, nowMs);
    case 'localFailure':
      return onLocalFailure(settings, { ...state, disabled: event.disables }, event.what, nowMs);
    case 'localRecovered':
      return onLocalRecovered(settings, state, nowMs);
  }
}

/** Whether the partner's silence means something. */
function hasToJudge(state: PulseState): boolean {
  return state.partnerWord !== undefined || (waitsToTake(state) && state.heldBack === undefined);
}

/** When the shell must tick next, monotonic ms. */
export function nextTickMs(settings: PulseSettings, state: PulseState): number {
  const waits = state.others === undefined && hasToJudge(state);
  const silenceMs =
    settings.hasPartner && waits ? silenceDueMs(settings, state) : vacancyTickMs(settings, state);
  const sendAtMs = settings.hasPartner && !state.listening ? state.nextSendMs : Infinity;
  const leaveAtMs = state.leaving?.untilMs ?? Infinity;
  return Math.min(state.deadlineMs, silenceMs, sendAtMs, state.gateAtMs, state.alarmAtMs, leaveAtMs);
}
