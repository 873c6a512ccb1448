import { youngUntil } from './dead-timer.js';
import { staysOut } from './duties.js';
import { gateAfterWordMs } from './gate.js';
import { andThen, drop, listen, log, release, take, withEffects } from './moves.js';
import { unknownOthers } from './other-directors.js';
import type { MaintenanceOrder, PulseSettings, PulseStart, PulseState, PulseStep } from './types.js';

/**
 * The state to begin with and its first effects.
 * @param maintenance the order by which this node takes nothing, where one is in force
 */
export function startPulse(
  settings: PulseSettings,
  start: PulseStart,
  nowMs: number,
  maintenance?: MaintenanceOrder | undefined,
): PulseStep {
  const base: PulseState = {
    duty: 'standby',
    intent: undefined,
    reason: 'started',
    lastHeardMs: nowMs,
    heardSinceMs: nowMs,
    partnerWord: undefined,
    nextSendMs: nowMs,
    deadlineMs: Infinity,
    listening: false,
    failure: undefined,
    disabled: false,
    youngUntilMs: youngUntil(nowMs),
    lateAtMs: Number.NEGATIVE_INFINITY,
    suspectedAtMs: Number.NEGATIVE_INFINITY,
    lastAnnounceMs: Number.NEGATIVE_INFINITY,
    takenAtMs: Number.NEGATIVE_INFINITY,
    awakeSinceMs: nowMs,
    gateAtMs: gateAfterWordMs(settings, nowMs),
    heldBack: undefined,
    maintenance,
    ordered: undefined,
    alarmAtMs: maintenance === undefined ? Infinity : nowMs + settings.deadtimeMs,
    alarmedAtMs: Number.NEGATIVE_INFINITY,
    ...(settings.others === undefined ? {} : { others: unknownOthers(settings.others, nowMs) }),
  };
  const { type } = start;
  const step =
    maintenance === undefined
      ? startAs(settings, base, type, nowMs)
      : startInMaintenance(settings, base, type, maintenance, nowMs);
  const role = settings.role === 'primary' ? 'PULSE_START_PRIMARY' : 'PULSE_START_BACKUP';
  return { state: step.state, effects: [log(role), ...step.effects] };
}

/** An order outlives the process, and --forceactive is for a node that may serve. */
function startInMaintenance(
  settings: PulseSettings,
  base: PulseState,
  type: PulseStart['type'],
  order: MaintenanceOrder,
  nowMs: number,
): PulseStep {
  const { by, at, reason } = order;
  const kept = log('PULSE_MAINTENANCE_KEPT', { by, at, reason: reason || 'no reason given' });
  const told = (step: PulseStep): PulseStep => ({ state: step.state, effects: [kept, ...step.effects] });
  const asked = type === 'forced' ? 'fresh' : type;
  if (!staysOut(base)) return told(startAs(settings, base, asked, nowMs));
  if (asked === 'fresh') return told({ state: base, effects: [] });
  if (asked === 'leftover') return told(drop(base, 'addresses were found held in maintenance standby'));
  // It was interrupted between its order and the letting go.
  const holding = startAs(settings, { ...base, maintenance: undefined }, asked, nowMs);
  return told(
    andThen(holding, (next) =>
      release(settings, { ...next, ordered: { ...order, force: true } }, 'maintenance', nowMs),
    ),
  );
}

function startAs(
  settings: PulseSettings,
  base: PulseState,
  type: PulseStart['type'],
  nowMs: number,
): PulseStep {
  switch (type) {
    case 'forced':
      return take(base, 'forced active on startup', log('PULSE_FORCED_ACTIVE'));
    case 'adopt': {
      // Active from the first moment: one "stopped" would make the partner take over.
      const adopted: PulseState = { ...base, duty: 'active', reason: 'adopted after a restart of pulse' };
      // The partner may have had them for a moment, and yielded to the guardian's beats.
      const held = [{ type: 'take' }, { type: 'announce' }] as const;
      return withEffects(adopted, log('PULSE_ADOPTED', { role: 'active' }), ...held);
    }
    case 'leftover': {
      if (!settings.hasPartner) return take(base, 'no partner configured');
      const held: PulseState = { ...base, duty: 'active', reason: 'addresses were found held' };
      return withEffects(listen(settings, held, nowMs), log('PULSE_ADOPT_LISTENING'));
    }
    case 'fresh':
      if (!settings.hasPartner) {
        return take(base, 'no partner configured', log('PULSE_NO_PARTNER'));
      }
      return { state: base, effects: [] };
  }
}
