import { handoverRefusal } from './move-refusal.js';
import { andThen, drop, endRelease, handoverRefused, log, release, withEffects } from './moves.js';
import { nextTaker } from './other-directors.js';
import type { PulseEvent, PulseSettings, PulseState, PulseStep } from './types.js';

/** Moves that somebody asks for: a handover, and the stop of pulse, which is one where somebody else can serve. */

/** Begins to hand over, or says why not. */
export function onHandover(
  settings: PulseSettings,
  state: PulseState,
  { force, views, to }: Extract<PulseEvent, { type: 'handover' }>,
  nowMs: number,
): PulseStep {
  const refuse = (reason: string): PulseStep =>
    withEffects(state, log('PULSE_HANDOVER_REFUSED', { reason }), handoverRefused(reason));
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

/** pulse is to end: it lets go once somebody else serves, or at once where nobody can. */
export function onShutdown(
  settings: PulseSettings,
  state: PulseState,
  signal: string,
  nowMs: number,
): PulseStep {
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
