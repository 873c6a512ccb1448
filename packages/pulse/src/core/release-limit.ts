import { putDown } from './maintenance.js';
import { andThen, drop, endRelease, log, sendNow, withEffects } from './moves.js';
import type { PulseSettings, PulseState, PulseStep } from './types.js';

/** A voluntary release was not answered in time, or nobody is left who could: who stops goes all the same, others serve on. */
export function onReleaseLimit(settings: PulseSettings, state: PulseState, nowMs: number): PulseStep {
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
