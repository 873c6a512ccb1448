import { handoverRefusal } from './move-refusal.js';
import {
  andThen,
  drop,
  endOrder,
  endRelease,
  log,
  maintenanceRefused,
  release,
  take,
  withEffects,
} from './moves.js';
import type { MaintenanceOrder, PulseEvent, PulseSettings, PulseState, PulseStep } from './types.js';

/** Maintenance standby: an operator takes this node out. It holds nothing, and takes nothing by itself. */

/** That nobody serves is told again and again, but not more often than this, ms. */
const ALARM_SPACING_MS = 60_000;

/** Takes this node out; without `force` only where somebody else serves, or takes the addresses in time. */
export function onMaintenance(
  settings: PulseSettings,
  state: PulseState,
  { order, force, views }: Extract<PulseEvent, { type: 'maintenance' }>,
  nowMs: number,
): PulseStep {
  const refuse = (why: string): PulseStep => endOrder(state, order, false, why);
  switch (state.duty) {
    case 'standby':
    case 'claiming':
      return onStandby(state, order, force);
    case 'active': {
      const ordered = { ...state, ordered: { ...order, force } };
      const refusal = handoverRefusal(settings, state, views);
      if (refusal !== undefined && !force) return refuse(refusal.why);
      const asks = state.partnerWord !== undefined && !state.listening;
      return asks ? release(settings, ordered, 'maintenance', nowMs) : putDown(ordered);
    }
    case 'taking':
      return force ? putDown({ ...state, ordered: { ...order, force } }) : refuse('this node is taking over');
    case 'releasing':
      return refuse(`a move is under way: ${state.reason}`);
    case 'dropping':
      if (state.intent === 'shutdown') return refuse('pulse stops');
      return endOrder(state, order, true, 'this node is putting the addresses down');
    case 'ended':
      return refuse('pulse stops');
  }
}

function onStandby(state: PulseState, order: MaintenanceOrder, force: boolean): PulseStep {
  const isServed = state.partnerWord === 'lvs running';
  if (state.maintenance === undefined && !isServed && !force) {
    const why = state.partnerWord === undefined ? 'no partner is heard' : 'the partner does not serve';
    return endOrder(state, order, false, why);
  }
  const reason = state.duty === 'claiming' ? 'maintenance standby' : state.reason;
  const standby: PulseState = {
    ...state,
    duty: 'standby',
    reason,
    deadlineMs: Infinity,
    heldBack: undefined,
  };
  return endOrder(standby, order, true, isServed ? 'the partner serves' : 'nobody serves');
}

/** The addresses go down although nobody took them, as ordered. */
export function putDown(state: PulseState): PulseStep {
  return andThen(endRelease(state, true, 'nobody took over: the addresses are put down'), (next) =>
    drop({ ...next, intent: undefined }, 'maintenance standby'),
  );
}

/** The order is over: a usual standby again, which takes over at once where the partner is dead. */
export function onMaintenanceOver(settings: PulseSettings, state: PulseState, by: string): PulseStep {
  if (state.ordered !== undefined) {
    const text = 'this node is still handing over: try again in a moment';
    return withEffects(state, maintenanceRefused(text));
  }
  if (state.maintenance === undefined) {
    return withEffects(state, {
      type: 'maintenanceResult',
      ok: true,
      text: 'this node was not in maintenance standby',
    });
  }
  const usual: PulseState = { ...state, maintenance: undefined, heldBack: undefined };
  const step = withEffects(usual, log('PULSE_MAINTENANCE_OFF', { by }), {
    type: 'maintenanceResult',
    ok: true,
    text: state.duty === 'standby' ? 'a usual standby again' : 'maintenance standby is over',
  });
  if (settings.hasPartner || state.duty !== 'standby') return step;
  return andThen(step, (next) => take(next, 'no partner configured', log('PULSE_NO_PARTNER')));
}

/** Tells that nobody serves while this node is kept out: at once when the partner dies, and then again and again. */
export function withAlarm(
  { deadtimeMs }: PulseSettings,
  before: PulseState,
  step: PulseStep,
  nowMs: number,
): PulseStep {
  const { state } = step;
  const { maintenance, duty, partnerWord } = state;
  if (maintenance === undefined || duty !== 'standby' || partnerWord === 'lvs running') {
    return state.alarmAtMs === Infinity ? step : { ...step, state: { ...state, alarmAtMs: Infinity } };
  }
  const died = before.partnerWord !== undefined && partnerWord === undefined;
  // A partner that stopped a moment ago may be about to serve.
  const wantedMs = state.alarmAtMs === Infinity ? nowMs + deadtimeMs : state.alarmAtMs;
  const dueMs = Math.max(died ? nowMs : wantedMs, state.alarmedAtMs + ALARM_SPACING_MS);
  if (dueMs > nowMs) return { ...step, state: { ...state, alarmAtMs: dueMs } };
  const why = partnerWord === undefined ? 'nothing is heard of the partner' : 'the partner says stopped';
  return {
    state: { ...state, alarmAtMs: nowMs + ALARM_SPACING_MS, alarmedAtMs: nowMs },
    effects: [
      ...step.effects,
      log('PULSE_MAINTENANCE_ALONE', { why, reason: maintenance.reason || 'no reason given' }),
    ],
  };
}
