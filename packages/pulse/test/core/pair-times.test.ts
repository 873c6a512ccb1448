import { describe, expect, it } from 'vitest';
import { stepPulse } from '../../src/core/machine.js';
import {
  settingsInUse,
  type Times,
  type TimesBefore,
  timesBefore,
  wordHeard,
} from '../../src/core/pair-times.js';
import { hasSlept } from '../../src/core/sleep.js';
import { startPulse } from '../../src/core/start.js';
import { testSettings } from '../support/virtual-pair.js';

const SLOW = { keepaliveMs: 2_000, deadtimeMs: 5_000 };
const FAST = { keepaliveMs: 500, deadtimeMs: 1_500 };
const BASE = testSettings('backup');
const of = (times: Times) => ({ ...BASE, ...times });
const timesOf = ({ keepaliveMs, deadtimeMs }: Times): Times => ({ keepaliveMs, deadtimeMs });

describe('a pair that shows its times in beats', () => {
  it('speaks by the faster file and judges by the slower one, whoever reads the new one first', () => {
    expect(timesOf(settingsInUse(of(FAST), undefined, [SLOW], 0))).toEqual({
      keepaliveMs: 500,
      deadtimeMs: 5_000,
    });
    expect(settingsInUse(of(SLOW), undefined, [FAST], 0)).toMatchObject({
      keepaliveMs: 500,
      deadtimeMs: 5_000,
    });
  });

  it('goes by its file where the others do, and by its own deadtime where they speak often enough', () => {
    const settings = of(FAST);
    expect(settingsInUse(settings, undefined, [FAST], 0)).toBe(settings);
    expect(settingsInUse(settings, undefined, [{ ...FAST, deadtimeMs: 9_000 }], 0)).toBe(settings);
    expect(settingsInUse(settings, undefined, [], 0)).toBe(settings);
  });

  it('has no adaptive deadtime meanwhile: that was measured at other times', () => {
    const settings = { ...of(FAST), adaptiveMs: 900 };
    expect(settingsInUse(settings, undefined, [SLOW], 0).adaptiveMs).toBeUndefined();
    expect(settingsInUse(settings, undefined, [FAST], 0).adaptiveMs).toBe(900);
  });
});

describe('a pair that speaks words', () => {
  const after = (before: Times, next: Times, ...wordsMs: number[]): TimesBefore | undefined =>
    wordsMs.reduce((left, atMs) => wordHeard(left, next, atMs), timesBefore(undefined, before, next, 0));
  const inUse = (next: Times, left: TimesBefore | undefined, nowMs = 10_000): Times =>
    timesOf(settingsInUse(of(next), left, [], nowMs));

  it('keeps the longer deadtime until the words come as often as the new file says', () => {
    expect(inUse(FAST, after(SLOW, FAST)).deadtimeMs).toBe(5_000);
    // The same word by two paths, each 2 s, shows nothing.
    expect(inUse(FAST, after(SLOW, FAST, 1_000, 1_300, 3_000, 3_300, 5_000, 5_300)).deadtimeMs).toBe(5_000);
    expect(inUse(FAST, after(SLOW, FAST, 1_000, 3_000, 3_500, 3_501)).deadtimeMs).toBe(5_000);
    expect(inUse(FAST, after(SLOW, FAST, 1_000, 3_000, 3_500, 4_000))).toEqual(FAST);
  });

  it('keeps the shorter keepalive for ten minutes, in which the partner may read the new file', () => {
    const left = after(FAST, SLOW);
    expect(inUse(SLOW, left, 599_999)).toEqual({ keepaliveMs: 500, deadtimeMs: 5_000 });
    expect(inUse(SLOW, left, 600_000)).toEqual(SLOW);
  });

  it('remembers the reload before the last one, and nothing of one that changes no time', () => {
    const left = timesBefore(after(SLOW, FAST), FAST, { keepaliveMs: 1_000, deadtimeMs: 3_000 }, 100);
    expect(left).toMatchObject({ keepaliveMs: 500, deadtimeMs: 5_000 });
    expect(timesBefore(undefined, FAST, FAST, 0)).toBeUndefined();
    const done = after(SLOW, FAST, 1_000, 1_500, 2_000);
    expect(timesBefore(done, FAST, { ...FAST, deadtimeMs: 2_000 }, 700_000)).toMatchObject(FAST);
  });
});

describe('a director whose times change', () => {
  const heard = {
    ...startPulse(BASE, { type: 'adopt' }, 0).state,
    duty: 'active',
    nextSendMs: 2_000,
  } as const;

  it('speaks at once, and then by the new keepalive', () => {
    const { state, effects } = stepPulse(of(FAST), heard, { type: 'timesChanged', hadPartner: true }, 300);
    expect(effects).toEqual([{ type: 'send', word: 'lvs running' }]);
    expect(state.nextSendMs).toBe(800);
  });

  it('says nothing before it has listened, if it slept', () => {
    const event = { type: 'timesChanged', hadPartner: true } as const;
    expect(stepPulse(of(FAST), heard, event, 9_000)).toEqual({ state: heard, effects: [] });
  });

  it('that was alone for hours has not slept, and waits a deadtime for its partner', () => {
    const alone = { ...BASE, hasPartner: false };
    const hourMs = 3_600_000;
    const { state } = startPulse(alone, { type: 'fresh' }, 0);
    const active = stepPulse(alone, state, { type: 'taken' }, 5).state;
    expect(hasSlept(BASE, active, 0, hourMs)).toBe(true);
    const paired = stepPulse(BASE, active, { type: 'timesChanged', hadPartner: false }, hourMs);
    expect(paired.effects).toEqual([{ type: 'send', word: 'lvs running' }]);
    const tick = stepPulse(BASE, paired.state, { type: 'tick', lateMs: 0 }, hourMs + 100);
    expect(tick.effects).toEqual([{ type: 'send', word: 'lvs running' }]);
    expect(tick.state).toMatchObject({ duty: 'active', listening: false });
  });

  it('and holds nothing does not take at once what a partner that it never heard may serve', () => {
    const standby = startPulse(BASE, { type: 'fresh' }, 0).state;
    const { state } = stepPulse(BASE, standby, { type: 'timesChanged', hadPartner: false }, 9_000);
    expect(stepPulse(BASE, state, { type: 'tick', lateMs: 0 }, 9_100).state.duty).toBe('standby');
    expect(stepPulse(BASE, state, { type: 'tick', lateMs: 0 }, 9_400).state.duty).toBe('taking');
  });
});
