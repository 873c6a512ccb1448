import { hidesHeartbeats, judgeSilence, silenceDueMs } from './dead-timer.js';
import { waitsToTake } from './duties.js';
import { gateAfterWordMs, gateDueMs, heldBackBy, letGo, mayBeReplaced } from './gate.js';
import { onMaintenance, onMaintenanceOver, putDown, withAlarm } from './maintenance.js';
import { handoverRefusal } from './move-refusal.js';
import {
  andThen,
  drop,
  endRelease,
  log,
  onLocalFailure,
  onTakeLimit,
  release,
  sendNow,
  take,
  withEffects,
} from './moves.js';
import { nextTaker } from './other-directors.js';
import { doubtingDeaths, listeningAnew, withDirectors, withSummary } from './others-summary.js';
import { onTimesChanged } from './pair-times.js';
import { onHeard } from './partner.js';
import { onHeardOf, onSilences } from './several.js';
import { hasSlept, wake } from './sleep.js';
import type { GateAnswer, PulseEffect, PulseEvent, PulseSettings, PulseState, PulseStep } from './types.js';
import { isBySilence, vacancyTickMs } from './vacancy.js';

/**
 * The state table of the original's pulse in LVS mode, with its silent gaps closed: a voluntary release serves until
 * the partner does, a claim waits a random moment, a process that slept listens first. Times are monotonic ms.
 */

const PARTNER_DEAD = 'partner dead';

function onClaimDue(settings: PulseSettings, state: PulseState): PulseStep {
  const event = settings.role === 'primary' ? 'PULSE_BACKUP_STOPPED' : 'PULSE_PRIMARY_STOPPED';
  return take(state, 'partner is inactive', log(event, { reason: 'claim' }));
}

function onReleaseLimit(settings: PulseSettings, state: PulseState, nowMs: number): PulseStep {
  if (state.intent === 'shutdown') {
    return drop(
      state,
      'stopping without a partner that serves',
      log('PULSE_HANDOVER_UNDONE', { outcome: 'stopping' }),
    );
  }
  if (state.disabled) {
    const what = state.failure ?? 'local failure';
    // Who ordered this node out has that; a handover did not come about.
    return andThen(endRelease(state, state.ordered !== undefined, what), (next) =>
      drop({ ...next, intent: undefined }, what, log('PULSE_LINK_DEACTIVATES', { what })),
    );
  }
  if (state.ordered?.force === true) return putDown(state);
  const undone: PulseState = {
    ...state,
    duty: 'active',
    intent: undefined,
    reason: 'handover undone',
    deadlineMs: Infinity,
    lastAnnounceMs: nowMs,
  };
  const told = log('PULSE_HANDOVER_UNDONE', { outcome: 'serving on' });
  const { state: answered, effects } = endRelease(state, false, 'partner did not say running in time');
  const serving: PulseState = { ...undone, ordered: answered.ordered };
  // The partner may have taken them, unheard.
  return andThen(withEffects(serving, told, { type: 'announce' }, ...effects), (next) =>
    sendNow(settings, next, nowMs),
  );
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

function onHandover(
  settings: PulseSettings,
  state: PulseState,
  { force, views, to }: Extract<PulseEvent, { type: 'handover' }>,
  nowMs: number,
): PulseStep {
  const refuse = (reason: string): PulseStep =>
    withEffects(state, log('PULSE_HANDOVER_REFUSED', { reason }), {
      type: 'handoverResult',
      ok: false,
      text: reason,
    });
  const refusal = handoverRefusal(settings, state, views, to);
  if (refusal !== undefined && !(force && refusal.canForce)) return refuse(refusal.why);
  return release(settings, withHeir(state, to), 'handover', nowMs);
}

/** One of several directors is named, so that no other one takes the addresses. */
function withHeir(state: PulseState, to: string | undefined): PulseState {
  const { others } = state;
  return others === undefined ? state : withHeirNamed(state, to ?? nextTaker(others)?.name);
}

function withHeirNamed(state: PulseState, heir: string | undefined): PulseState {
  const { others } = state;
  return others === undefined ? state : { ...state, others: { ...others, heir } };
}

function onShutdown(settings: PulseSettings, state: PulseState, signal: string, nowMs: number): PulseStep {
  const step = withEffects(state, log('PULSE_STOP', { signal }));
  const partnerHeard = state.partnerWord !== undefined && !state.listening;
  switch (state.duty) {
    case 'ended':
      return { state, effects: [] };
    case 'active':
      if (partnerHeard) return andThen(step, (next) => release(settings, next, 'shutdown', nowMs));
      return andThen(step, (next) => drop({ ...next, intent: 'shutdown' }, 'stopping'));
    case 'releasing':
      return andThen(
        andThen(step, (next) => endRelease(next, false, 'pulse stops')),
        // At a stop the point is that somebody serves.
        (next) => withEffects({ ...withHeirNamed(next, undefined), intent: 'shutdown' }),
      );
    case 'dropping':
      return andThen(step, (next) => withEffects({ ...next, intent: 'shutdown' }));
    default:
      return andThen(step, (next) => drop({ ...next, intent: 'shutdown' }, 'stopping'));
  }
}

function onTaken(settings: PulseSettings, state: PulseState, nowMs: number): PulseStep {
  if (state.duty !== 'taking') return { state, effects: [] };
  const active: PulseState = {
    ...state,
    duty: 'active',
    deadlineMs: Infinity,
    lastAnnounceMs: nowMs,
    takenAtMs: nowMs,
  };
  const fields = { vips: settings.vips.join(' ') || 'no address', reason: state.reason };
  const asks =
    settings.hasPartner &&
    (state.reason === PARTNER_DEAD || (state.others !== undefined && isBySilence(state.others)));
  return andThen(
    withEffects(
      active,
      log('PULSE_ACTIVE', fields),
      { type: 'announce' },
      // A partner that is silent to us may hear us all the same.
      ...(asks ? [log('PULSE_RELEASE_ASKED'), { type: 'send', word: 'fos go inactive' } as const] : []),
    ),
    (next) => sendNow(settings, next, nowMs),
  );
}

function onDropped(settings: PulseSettings, state: PulseState, nowMs: number): PulseStep {
  if (state.duty !== 'dropping') return { state, effects: [] };
  if (state.intent === 'shutdown') {
    return withEffects({ ...state, duty: 'ended' }, { type: 'exit' });
  }
  const standby: PulseState = {
    ...doubtingDeaths(state, nowMs),
    duty: 'standby',
    intent: undefined,
    lastHeardMs: nowMs,
    gateAtMs: gateAfterWordMs(settings, nowMs),
  };
  return andThen(withEffects(standby, log('PULSE_STANDBY', { reason: state.reason })), (next) =>
    sendNow(settings, next, nowMs),
  );
}

/** What held it back is gone: it goes on serving, and tells the network where the addresses are. */
function onRecovered(
  settings: PulseSettings,
  state: PulseState,
  { disabled }: PulseState,
  nowMs: number,
): PulseStep {
  if (state.duty === 'releasing' && state.intent === 'failure') {
    // Should the partner serve meanwhile, the tie decides: two that both say "stopped" would hold for ever.
    return onReleaseLimit(settings, state, nowMs);
  }
  if (state.duty !== 'active' || !disabled) return { state, effects: [] };
  return withEffects({ ...state, lastAnnounceMs: nowMs }, { type: 'announce' });
}

/** One step: the next state and what the shell has to do, in order. `nowMs` is monotonic and never falls. */
export function stepPulse(
  settings: PulseSettings,
  state: PulseState,
  event: PulseEvent,
  nowMs: number,
): PulseStep {
  const step = stepAs(settings, state, event, nowMs);
  const summed = { ...step, state: withSummary(step.state) };
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
    case 'localRecovered': {
      if (state.failure === undefined) return { state, effects: [] };
      // Nothing could be heard without a link: that silence says nothing about the partner.
      const heardFrom = state.disabled && !mayBeReplaced(settings, state) ? nowMs : state.lastHeardMs;
      const recovered: PulseState = {
        ...(state.disabled ? listeningAnew(state, nowMs) : state),
        failure: undefined,
        disabled: false,
        lastHeardMs: heardFrom,
        heldBack: undefined,
      };
      const told = log('PULSE_LOCAL_RECOVERED', { what: state.failure });
      return andThen(withEffects(recovered, told), (next) => onRecovered(settings, next, state, nowMs));
    }
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
  return Math.min(state.deadlineMs, silenceMs, sendAtMs, state.gateAtMs, state.alarmAtMs);
}
