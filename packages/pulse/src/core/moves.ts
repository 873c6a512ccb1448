import type { EventFields, EventId } from '@piranha/events/catalogue';
import type { HeartbeatWord } from '@piranha/protocol';
import type {
  MaintenanceOrder,
  PulseEffect,
  PulseSettings,
  PulseState,
  PulseStep,
  ReleaseIntent,
} from './types.js';

/** The moves that several rows of pulse's state table share. */

/** An effect that logs an event of the catalogue. */
export function log(event: EventId, fields: EventFields = {}): PulseEffect {
  return { type: 'log', event, fields };
}

/** The word that this state says. */
export function wordOf(state: PulseState): HeartbeatWord {
  return state.duty === 'active' ? 'lvs running' : 'lvs stopped';
}

/** Says our word on every path now, and next a keepalive later. */
export function sendNow(settings: PulseSettings, state: PulseState, nowMs: number): PulseStep {
  if (!settings.hasPartner || state.listening) return { state, effects: [] };
  return {
    state: { ...state, nextSendMs: nowMs + settings.keepaliveMs },
    effects: [{ type: 'send', word: wordOf(state) }],
  };
}

/** Runs `next` on the state that `step` left and joins the effects. */
export function andThen(step: PulseStep, next: (state: PulseState) => PulseStep): PulseStep {
  const second = next(step.state);
  return { state: second.state, effects: [...step.effects, ...second.effects] };
}

/** A step that reaches `state` with these effects. */
export function withEffects(state: PulseState, ...effects: readonly PulseEffect[]): PulseStep {
  return { state, effects };
}

/** Begins to take the addresses. */
export function take(state: PulseState, reason: string, ...effects: readonly PulseEffect[]): PulseStep {
  const next: PulseState = { ...state, duty: 'taking', intent: undefined, reason, deadlineMs: Infinity };
  return { state: next, effects: [...effects, { type: 'take' }] };
}

/**
 * Somebody else serves while this node takes the addresses, some of which are up here already: it goes on for a deadtime at
 * most, so that one that cannot be taken does not leave the others in two places.
 */
export function withTakeLimit(settings: PulseSettings, state: PulseState, nowMs: number): PulseState {
  return { ...state, deadlineMs: Math.min(state.deadlineMs, nowMs + settings.deadtimeMs) };
}

/** The takeover took too long: who serves goes on; where nobody does any more, it is tried for as long as it takes. */
export function onTakeLimit(settings: PulseSettings, state: PulseState, nowMs: number): PulseStep {
  if (state.partnerWord !== 'lvs running') return { state: { ...state, deadlineMs: Infinity }, effects: [] };
  const reason = 'the addresses could not be taken in time, and another director serves';
  return andThen(sendNow(settings, state, nowMs), (next) =>
    drop(next, reason, log('PULSE_PARTNER_ACTIVE_YIELD', { reason })),
  );
}

/** The network is told once more who has the addresses, for it heard of another holder. */
export function announceAgain(state: PulseState, reason: string, nowMs: number): PulseStep {
  const told = log('PULSE_PARTNER_ACTIVE_ARP', { reason });
  return withEffects({ ...state, lastAnnounceMs: nowMs }, told, { type: 'announce' });
}

/** Begins to put the addresses down. */
export function drop(state: PulseState, reason: string, ...effects: readonly PulseEffect[]): PulseStep {
  const next: PulseState = { ...state, duty: 'dropping', listening: false, reason, deadlineMs: Infinity };
  return { state: next, effects: [...effects, { type: 'drop' }] };
}

/** When one who listens from now on has heard a partner that speaks: one beat must fit in, and its timer may be late. */
export function listenedAtMs({ keepaliveMs }: PulseSettings, nowMs: number): number {
  return nowMs + keepaliveMs * 1.5;
}

/** Goes on holding, but says and announces nothing until one keepalive was listened to. */
export function listen(settings: PulseSettings, state: PulseState, nowMs: number): PulseState {
  return { ...state, listening: true, lastHeardMs: nowMs, deadlineMs: listenedAtMs(settings, nowMs) };
}

/** Begins to hand over: serves on, says "stopped", waits for the partner. */
export function release(
  settings: PulseSettings,
  state: PulseState,
  intent: ReleaseIntent,
  nowMs: number,
): PulseStep {
  const releasing: PulseState = {
    ...state,
    duty: 'releasing',
    intent,
    reason: intent,
    deadlineMs: nowMs + settings.releaseLimitMs,
  };
  return andThen(withEffects(releasing, log('PULSE_HANDOVER_START', { reason: intent })), (next) =>
    sendNow(settings, next, nowMs),
  );
}

/**
 * A voluntary release is over: whoever asked for it is answered, and an order of maintenance comes into force where
 * this node holds nothing any more.
 */
export function endRelease(state: PulseState, ok: boolean, text: string): PulseStep {
  const { ordered } = state;
  if (ordered !== undefined) return endOrder({ ...state, ordered: undefined }, ordered, ok, text);
  return state.intent === 'handover'
    ? withEffects(state, {
        ...{ type: 'handoverResult', ok, text },
        ...(ok ? {} : { code: 'PULSE_HANDOVER_UNDONE' }),
      })
    : { state, effects: [] };
}

/** The answer to a handover that is not begun. */
export function handoverRefused(text: string): PulseEffect {
  return { type: 'handoverResult', ok: false, text, code: 'PULSE_HANDOVER_REFUSED' };
}

/** The answer to an order of maintenance standby, or to its end, that came to nothing. */
export function maintenanceRefused(text: string): PulseEffect {
  return { type: 'maintenanceResult', ok: false, text, code: 'PULSE_MAINTENANCE_REFUSED' };
}

/** An order of maintenance is in force, or came to nothing. */
export function endOrder(
  state: PulseState,
  { unlessAlone, by, at, reason }: MaintenanceOrder,
  ok: boolean,
  text: string,
): PulseStep {
  if (!ok) {
    const told = log('PULSE_MAINTENANCE_REFUSED', { reason: text });
    return withEffects(state, told, maintenanceRefused(text));
  }
  const maintenance = { unlessAlone, by, at, reason };
  const told = log('PULSE_MAINTENANCE_ON', { by, reason: reason || 'no reason given', unlessAlone });
  return withEffects({ ...state, maintenance }, told, { type: 'maintenanceResult', ok, text });
}

/** Something of ours is broken for good: hand over if somebody is there. */
export function onLocalFailure(
  settings: PulseSettings,
  state: PulseState,
  what: string,
  nowMs: number,
): PulseStep {
  const failed: PulseState = { ...state, failure: what };
  // A broken node does not take over by itself.
  if (state.duty === 'claiming') {
    return { state: { ...failed, duty: 'standby', reason: what, deadlineMs: Infinity }, effects: [] };
  }
  if (state.duty !== 'active') return { state: failed, effects: [] };
  if (state.partnerWord === undefined) {
    // Without a partner to take over, serving badly beats not serving; without a link nothing is served at all.
    if (!state.disabled || !settings.hasPartner) return { state: failed, effects: [] };
    return drop(failed, what, log('PULSE_LINK_DEACTIVATES', { what }));
  }
  return andThen(withEffects(failed, log('PULSE_LOCAL_FAILURE', { what })), (next) =>
    release(settings, next, 'failure', nowMs),
  );
}
