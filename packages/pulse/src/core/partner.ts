import type { HeartbeatWord } from '@piranha/protocol';
import { isPreferred } from './duties.js';
import { gateAfterWordMs } from './gate.js';
import {
  andThen,
  announceAgain,
  drop,
  endRelease,
  log,
  onLocalFailure,
  sendNow,
  take,
  withEffects,
  withTakeLimit,
} from './moves.js';
import type { PulseSettings, PulseState, PulseStep } from './types.js';

/** What the partner's words make us do: the original's table, with a claim that waits and a release that serves. */

function onRunning(settings: PulseSettings, state: PulseState, nowMs: number): PulseStep {
  switch (state.duty) {
    case 'standby':
      return { state, effects: [] };
    case 'claiming':
      return {
        state: { ...state, duty: 'standby', reason: 'partner serves', deadlineMs: Infinity },
        effects: [],
      };
    case 'releasing':
      return andThen(endRelease(state, true, 'partner took over'), (next) =>
        drop(next, 'partner took over', log('PULSE_HANDOVER_DONE')),
      );
    case 'taking':
    case 'active':
      return settle(settings, state, nowMs);
    default:
      return { state, effects: [] };
  }
}

/** Both serve, or are about to: who is preferred keeps the addresses, unless it was asleep while the partner took them. */
function settle(settings: PulseSettings, state: PulseState, nowMs: number): PulseStep {
  if (!isPreferred(settings) || state.listening) {
    const last = state.listening ? { state, effects: [] } : sendNow(settings, state, nowMs);
    const why = state.listening
      ? 'partner took over while this node was silent'
      : tieText(settings, 'yields');
    return andThen(last, (next) => drop(next, why, log('PULSE_PARTNER_ACTIVE_YIELD', { reason: why })));
  }
  if (state.duty === 'taking') return { state: withTakeLimit(settings, state, nowMs), effects: [] };
  if (nowMs - state.lastAnnounceMs < settings.keepaliveMs) return { state, effects: [] };
  return announceAgain(state, tieText(settings, 'stays'), nowMs);
}

/** The rule by which one of a pair keeps the addresses where both have them. */
export function tieText(settings: PulseSettings, what: 'yields' | 'stays'): string {
  return `tie: the ${settings.role} ${what}`;
}

function onStopped(
  settings: PulseSettings,
  state: PulseState,
  before: HeartbeatWord | undefined,
  random: number,
  nowMs: number,
): PulseStep {
  if (state.duty === 'active' && state.failure !== undefined && before === undefined) {
    return onLocalFailure(settings, state, state.failure, nowMs);
  }
  // It held them too, and may have told the network so after us.
  if (state.duty === 'active' && before === 'lvs running')
    return announceAgain(state, 'the partner let go', nowMs);
  const takes = state.failure === undefined && state.maintenance === undefined;
  if (state.duty !== 'standby' || !takes) return { state, effects: [] };
  const event = settings.role === 'primary' ? 'PULSE_BACKUP_STOPPED' : 'PULSE_PRIMARY_STOPPED';
  if (before === 'lvs running') {
    return take(state, 'partner stopped', log(event, { reason: 'partner said stopped' }));
  }
  // Both booted together: who is preferred goes first, so that they do not both become active for a moment.
  const share = isPreferred(settings) ? random : 1.5 + random * 1.5;
  const waitMs = Math.round(settings.keepaliveMs * share);
  return withEffects(
    { ...state, duty: 'claiming', reason: 'partner is inactive too', deadlineMs: nowMs + waitMs },
    log('PULSE_CLAIM_WAIT', { waitMs }),
  );
}

/**
 * The partner took the addresses for it hears nothing of us: the word that the original's failover services used for
 * it. An old pulse never sends it for LVS. A node that took over itself a moment ago is not meant: the tie decides.
 */
export function onReleaseAsked(settings: PulseSettings, state: PulseState, nowMs: number): PulseStep {
  const holds = state.duty === 'active' || state.duty === 'releasing';
  if (!holds || nowMs - state.takenAtMs < settings.deadtimeMs) return { state, effects: [] };
  return andThen(endRelease(state, true, 'partner took over'), (next) =>
    drop(
      { ...next, intent: next.intent === 'shutdown' ? 'shutdown' : undefined },
      'asked to release',
      log('PULSE_RELEASE_OBEYED'),
    ),
  );
}

/** A word of the partner arrived. */
export function onHeard(
  settings: PulseSettings,
  state: PulseState,
  word: HeartbeatWord,
  random: number,
  nowMs: number,
): PulseStep {
  const before = state.partnerWord;
  const seen = before === undefined ? [log('PULSE_PARTNER_SEEN', { word })] : [];
  // Words of failover services and the never-sent ones only prove that the partner lives, as in the original.
  const known = word === 'lvs running' || word === 'lvs stopped';
  const heard: PulseState = {
    ...state,
    lastHeardMs: nowMs,
    heardSinceMs: before === undefined ? nowMs : state.heardSinceMs,
    partnerWord: known ? word : (before ?? word),
    gateAtMs: gateAfterWordMs(settings, nowMs),
    heldBack: undefined,
  };
  const step = withEffects(heard, ...seen);
  if (word === 'fos go inactive') return andThen(step, (next) => onReleaseAsked(settings, next, nowMs));
  if (word === 'lvs running') return andThen(step, (next) => onRunning(settings, next, nowMs));
  if (word === 'lvs stopped')
    return andThen(step, (next) => onStopped(settings, next, before, random, nowMs));
  return step;
}
