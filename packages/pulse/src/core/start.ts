import { youngUntil } from './dead-timer.js';
import { gateAfterWordMs } from './gate.js';
import { listen, log, take, withEffects } from './moves.js';
import type { PulseSettings, PulseStart, PulseState, PulseStep } from './types.js';

/** The state to begin with and its first effects. */
export function startPulse(settings: PulseSettings, start: PulseStart, nowMs: number): PulseStep {
  const role = settings.role === 'primary' ? 'PULSE_START_PRIMARY' : 'PULSE_START_BACKUP';
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
  };
  switch (start.type) {
    case 'forced':
      return take(base, 'forced active on startup', log(role), log('PULSE_FORCED_ACTIVE'));
    case 'adopt': {
      // Active from the first moment: one "stopped" would make the partner take over.
      const adopted: PulseState = { ...base, duty: 'active', reason: 'adopted after a restart of pulse' };
      // The partner may have had them for a moment, and yielded to the guardian's beats.
      const held = [{ type: 'take' }, { type: 'announce' }] as const;
      return withEffects(adopted, log(role), log('PULSE_ADOPTED', { role: 'active' }), ...held);
    }
    case 'leftover': {
      if (!settings.hasPartner) return take(base, 'no partner configured', log(role));
      const held: PulseState = { ...base, duty: 'active', reason: 'addresses were found held' };
      return withEffects(listen(settings, held, nowMs), log(role), log('PULSE_ADOPT_LISTENING'));
    }
    case 'fresh':
      if (!settings.hasPartner) {
        return take(base, 'no partner configured', log(role), log('PULSE_NO_PARTNER'));
      }
      return withEffects(base, log(role));
  }
}
