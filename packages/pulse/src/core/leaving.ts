import type { LvsConfiguration } from '@piranha/config';
import { andThen, endOrder, handoverRefused, log, maintenanceRefused, withEffects } from './moves.js';
import type { LeaveEvent, PulseEffect, PulseEvent, PulseSettings, PulseState, PulseStep } from './types.js';

/**
 * Programs that are to end before the addresses go down. Only a move that this node makes of its own will waits for them,
 * and does so while it still serves and says so: nobody takes the addresses meanwhile, so that there are never two holders
 * for their sake. What somebody else forces this node to is never kept waiting.
 */

/** Whoever stops pulse kills it a little later, ms. */
const STOP_WAIT_MS = 5_000;

type Step = (state: PulseState, event: PulseEvent) => PulseStep;

/** How long a voluntary move waits at most, ms: each awaited program for as long as it may run. Undefined: not at all. */
export function leaveLimitMs({
  inactiveCommand,
  notify,
}: Pick<LvsConfiguration, 'inactiveCommand' | 'notify'>): number | undefined {
  const command = notify.inactiveCommandWaits && inactiveCommand !== undefined;
  const program = notify.waitsToLeave && notify.program !== undefined;
  const count = Number(command) + Number(program);
  return count === 0 ? undefined : count * notify.timeoutMs;
}

/** One step of the state table `step`, with what it must wait for. */
export function stepLeaving(
  settings: PulseSettings,
  state: PulseState,
  event: PulseEvent,
  nowMs: number,
  step: Step,
): PulseStep {
  const { leaving } = state;
  if (leaving === undefined)
    return event.type === 'leavable' ? step(state, event) : begin(settings, state, event, nowMs, step);
  if (event.type === 'leavable') return goOn(state, step);
  const other = orderMeanwhile(state, event, nowMs);
  if (other !== undefined) return other;
  const made = step(state, event);
  // The addresses go down for another reason: whoever ordered this one learns of that.
  if (made.state.duty !== 'active') return andThen(made, (next) => goOn(next, step));
  if (event.type !== 'tick' || nowMs < leaving.untilMs) return made;
  const late = log('PULSE_LEAVE_LATE', { reason: leaving.event.type });
  return andThen({ ...made, effects: [...made.effects, late] }, (next) => goOn(next, step));
}

/** An order that would end in letting the addresses go waits; one that is refused does not. */
function begin(
  settings: PulseSettings,
  state: PulseState,
  event: PulseEvent,
  nowMs: number,
  step: Step,
): PulseStep {
  const made = step(state, event);
  const limitMs = settings.leaveLimitMs;
  if (limitMs === undefined || state.duty !== 'active' || !isLeaveEvent(event)) return made;
  if (made.state.duty !== 'releasing' && made.state.duty !== 'dropping') return made;
  const waitMs = event.type === 'shutdown' ? Math.min(limitMs, STOP_WAIT_MS) : limitMs;
  const leaving = { event, untilMs: nowMs + waitMs };
  const told = log('PULSE_LEAVE_WAITS', { reason: event.type, limitMs: waitMs });
  return withEffects({ ...state, leaving }, told, { type: 'prepareLeave', event: event.type });
}

/** Things may stand otherwise by now: the order is judged anew. */
function goOn(state: PulseState, step: Step): PulseStep {
  const { leaving, ...rest } = state;
  return leaving === undefined ? { state, effects: [] } : step(rest, leaving.event);
}

/** A second order while the first waits; undefined where this is none. A stop overrules every other one. */
function orderMeanwhile(state: PulseState, event: PulseEvent, nowMs: number): PulseStep | undefined {
  const why = 'a move is under way: programs run before it';
  const { leaving } = state;
  if (leaving === undefined) return undefined;
  switch (event.type) {
    case 'handover':
      return withEffects(state, log('PULSE_HANDOVER_REFUSED', { reason: why }), handoverRefused(why));
    case 'maintenance':
      return endOrder(state, event.order, false, why);
    case 'maintenanceOver':
      return withEffects(state, maintenanceRefused(why));
    case 'shutdown': {
      if (leaving.event.type === 'shutdown') return { state, effects: [] };
      const untilMs = Math.min(leaving.untilMs, nowMs + STOP_WAIT_MS);
      return withEffects({ ...state, leaving: { event, untilMs } }, ...refusedBy(leaving.event));
    }
    default:
      return undefined;
  }
}

function refusedBy(event: LeaveEvent): readonly PulseEffect[] {
  const text = 'pulse stops';
  if (event.type === 'handover') return [handoverRefused(text)];
  return event.type === 'maintenance' ? [maintenanceRefused(text)] : [];
}

function isLeaveEvent(event: PulseEvent): event is LeaveEvent {
  return event.type === 'handover' || event.type === 'maintenance' || event.type === 'shutdown';
}
