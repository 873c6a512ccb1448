import { describe, expect, it } from 'vitest';
import { stepPulse } from '../../src/core/machine.js';
import { hasSlept } from '../../src/core/sleep.js';
import { startPulse } from '../../src/core/start.js';
import type { PulseSettings, PulseState } from '../../src/core/types.js';
import { testSettings } from '../support/virtual-pair.js';

const SETTINGS = testSettings('primary');

/** An active node whose last beat went out at 1,000 ms; dead after 400 ms. */
function active(settings: PulseSettings = SETTINGS): PulseState {
  const { state } = startPulse(settings, { type: 'adopt' }, 0);
  return { ...state, duty: 'active', partnerWord: 'lvs stopped', lastHeardMs: 990, nextSendMs: 1_100 };
}

describe('who was asleep', () => {
  it('is who said nothing for longer than the deadtime, however late the timer was', () => {
    expect(hasSlept(SETTINGS, active(), 301, 1_401)).toBe(true);
    expect(hasSlept(SETTINGS, active(), 0, 1_401)).toBe(true);
  });

  it('is not who is late by less than that', () => {
    expect(hasSlept(SETTINGS, active(), 300, 1_400)).toBe(false);
    // A timer that is late right behind a beat of ours: the partner heard us.
    expect(hasSlept(SETTINGS, active(), 380, 1_390)).toBe(false);
  });

  it('is who slept for longer than the deadtime right behind a beat', () => {
    expect(hasSlept(SETTINGS, active(), 401, 1_300)).toBe(true);
  });

  it('is nobody without a partner, and nobody who listens on purpose', () => {
    expect(hasSlept({ ...SETTINGS, hasPartner: false }, active(), 5_000, 9_000)).toBe(false);
    expect(hasSlept(SETTINGS, { ...active(), listening: true }, 100, 1_500)).toBe(false);
  });

  it('counts from the start of a process and from its last wake', () => {
    expect(hasSlept(SETTINGS, { ...active(), awakeSinceMs: 1_200 }, 0, 1_600)).toBe(false);
    expect(hasSlept(SETTINGS, { ...active(), awakeSinceMs: 1_200 }, 0, 1_601)).toBe(true);
  });

  it('does not count every beat as a sleep where the deadtime is no longer than the keepalive', () => {
    const odd = { ...SETTINGS, deadtimeMs: 90 };
    expect(hasSlept(odd, active(odd), 5, 1_105)).toBe(false);
    expect(hasSlept(odd, active(odd), 60, 1_160)).toBe(true);
  });
});

describe('who slept over the moment of its claim', () => {
  const claiming: PulseState = { ...active(), duty: 'claiming', deadlineMs: 1_200 };
  const woke = stepPulse(SETTINGS, claiming, { type: 'tick', lateMs: 600 }, 1_800).state;
  const later = (nowMs: number) => stepPulse(SETTINGS, woke, { type: 'tick', lateMs: 0 }, nowMs).state.duty;

  it('listens for one beat before it takes anything', () => {
    expect([1_801, 1_949, 1_950].map(later)).toEqual(['claiming', 'claiming', 'taking']);
  });

  it('stands by where somebody else has claimed meanwhile', () => {
    const heard = { type: 'heard', word: 'lvs running', random: 0 } as const;
    expect(stepPulse(SETTINGS, woke, heard, 1_801).state.duty).toBe('standby');
  });
});

describe('a holder that slept for just over the deadtime', () => {
  it('listens, and steps down where the partner serves', () => {
    const woke = stepPulse(SETTINGS, active(), { type: 'tick', lateMs: 305 }, 1_405);
    expect(woke.state.listening).toBe(true);
    expect(woke.effects).toContainEqual({ type: 'log', event: 'PULSE_SLEPT', fields: { sleptMs: 405 } });
    expect(woke.effects.some(({ type }) => type === 'send')).toBe(false);
    const heard = { type: 'heard', word: 'lvs running', random: 0 } as const;
    expect(stepPulse(SETTINGS, woke.state, heard, 1_410).state.duty).toBe('dropping');
  });

  it('still ends a handover that nobody takes, once it has listened', () => {
    const asked = stepPulse(SETTINGS, active(), { type: 'handover', force: true }, 1_001).state;
    let state = stepPulse(SETTINGS, asked, { type: 'tick', lateMs: 405 }, 1_510).state;
    let nowMs = 1_510;
    const endMs = nowMs + 2 * SETTINGS.keepaliveMs + SETTINGS.releaseLimitMs;
    while (nowMs < endMs) {
      nowMs += 10;
      state = stepPulse(SETTINGS, state, { type: 'heard', word: 'lvs stopped', random: 0 }, nowMs).state;
      state = stepPulse(SETTINGS, state, { type: 'tick', lateMs: 0 }, nowMs).state;
    }
    expect(state).toMatchObject({ duty: 'active', reason: 'handover undone' });
  });

  it('steps down as well where the partner is read before the timer', () => {
    const heard = { type: 'heard', word: 'lvs running', random: 0 } as const;
    const { state, effects } = stepPulse(SETTINGS, active(), heard, 1_405);
    expect(state.duty).toBe('dropping');
    expect(effects.some((effect) => effect.type === 'log' && effect.event === 'PULSE_SLEPT')).toBe(true);
  });

  it('serves on where the partner does not serve after all', () => {
    let state = stepPulse(SETTINGS, active(), { type: 'tick', lateMs: 305 }, 1_405).state;
    const heard = { type: 'heard', word: 'lvs stopped', random: 0 } as const;
    state = stepPulse(SETTINGS, state, heard, 1_500).state;
    const { state: after, effects } = stepPulse(SETTINGS, state, { type: 'tick', lateMs: 0 }, 1_555);
    expect(after).toMatchObject({ duty: 'active', listening: false });
    expect(effects).toContainEqual({ type: 'send', word: 'lvs running' });
  });
});
