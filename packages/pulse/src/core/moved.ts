import { gateAfterWordMs, mayBeReplaced } from './gate.js';
import { andThen, log, sendNow, withEffects } from './moves.js';
import { doubtingDeaths, listeningAnew } from './others-summary.js';
import { onReleaseLimit } from './release-limit.js';
import type { PulseSettings, PulseState, PulseStep } from './types.js';
import { isBySilence } from './vacancy.js';

/** What follows when the addresses are up or down, as they were to be. */

/** Why a standby takes from a silent partner. */
export const PARTNER_DEAD = 'partner dead';

/** Every address is up: from now on this node says so. */
export function onTaken(settings: PulseSettings, state: PulseState, nowMs: number): PulseStep {
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

/** No address is up any more. */
export function onDropped(settings: PulseSettings, state: PulseState, nowMs: number): PulseStep {
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

/** What was broken here works again. */
export function onLocalRecovered(settings: PulseSettings, state: PulseState, nowMs: number): PulseStep {
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
