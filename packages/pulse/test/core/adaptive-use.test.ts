import { describe, expect, it } from 'vitest';
import { AdaptiveUse } from '../../src/core/adaptive-use.js';
import type { PulseSettings } from '../../src/core/types.js';

const SETTINGS: PulseSettings = {
  role: 'backup',
  hasPartner: true,
  keepaliveMs: 100,
  deadtimeMs: 2_000,
  releaseLimitMs: 3_000,
  vips: [],
};
const PATHS = ['public', 'private'];
const MINUTE_MS = 60_000;

function inUse(thresholdMs = 700): AdaptiveUse {
  const use = new AdaptiveUse();
  use.measured({ enabled: true, thresholdMs }, SETTINGS, 0);
  for (const path of PATHS) use.heard(path, SETTINGS, 0);
  return use;
}

function events(lines: ReturnType<AdaptiveUse['measured']>): string[] {
  return lines.map(({ event, fields }) => `${event} ${fields.thresholdMs ?? fields.reason ?? ''}`);
}

describe('the threshold in use', () => {
  it('is what was measured, rounded up, and told once', () => {
    const use = new AdaptiveUse();
    expect(events(use.measured({ enabled: true, thresholdMs: 701 }, SETTINGS, 0))).toEqual([
      'PULSE_ADAPTIVE_ON 710',
    ]);
    expect(use.measured({ enabled: true, thresholdMs: 703 }, SETTINGS, 10_000)).toEqual([]);
    expect(use.status()).toEqual({ thresholdMs: 710, falseAlarms: 0 });
  });

  it('says once why there is none, and nothing where nobody asked for it', () => {
    const use = new AdaptiveUse();
    expect(use.measured({ enabled: false, thresholdMs: 300 }, SETTINGS, 0)).toEqual([]);
    const none = { enabled: true, because: 'too few' };
    expect(events(new AdaptiveUse().measured(none, SETTINGS, 0))).toEqual(['PULSE_ADAPTIVE_OFF too few']);
    const other = new AdaptiveUse();
    other.measured(none, SETTINGS, 0);
    expect(other.measured({ enabled: true, because: 'too bad' }, SETTINGS, 1)).toEqual([]);
    expect(other.status()).toEqual({ because: 'too bad', falseAlarms: 0 });
  });

  it('gets longer at once, shorter after ten minutes, and goes at once', () => {
    const use = inUse(700);
    expect(events(use.measured({ enabled: true, thresholdMs: 800 }, SETTINGS, 1))).toEqual([
      'PULSE_ADAPTIVE_ON 800',
    ]);
    expect(use.measured({ enabled: true, thresholdMs: 600 }, SETTINGS, 9 * MINUTE_MS)).toEqual([]);
    expect(use.status().thresholdMs).toBe(800);
    expect(events(use.measured({ enabled: true, thresholdMs: 600 }, SETTINGS, 11 * MINUTE_MS))).toEqual([
      'PULSE_ADAPTIVE_ON 600',
    ]);
    expect(events(use.measured({ enabled: false }, SETTINGS, 12 * MINUTE_MS))).toEqual([
      'PULSE_ADAPTIVE_OFF adaptive = 0',
    ]);
    expect(use.measured({ enabled: true, thresholdMs: 600 }, SETTINGS, 12.5 * MINUTE_MS)).toEqual([]);
    expect(use.measured({ enabled: true, thresholdMs: 600 }, SETTINGS, 13 * MINUTE_MS)).toHaveLength(1);
  });

  it('is never the deadtime or more', () => {
    expect(inUse(1_999).status().thresholdMs).toBeUndefined();
    const use = inUse(1_500);
    expect(use.settings({ ...SETTINGS, deadtimeMs: 1_500 }, PATHS).adaptiveMs).toBeUndefined();
  });

  it('holds only while no path has been silent for longer than the others', () => {
    const use = inUse(700);
    expect(use.settings(SETTINGS, PATHS).adaptiveMs).toBe(700);
    use.heard('public', SETTINGS, 700);
    expect(use.settings(SETTINGS, PATHS).adaptiveMs).toBe(700);
    use.heard('public', SETTINGS, 800);
    expect(use.settings(SETTINGS, PATHS)).toBe(SETTINGS);
    use.heard('private', SETTINGS, 850);
    expect(use.settings(SETTINGS, PATHS).adaptiveMs).toBe(700);
    expect(use.settings(SETTINGS, ['public']).adaptiveMs).toBeUndefined();
    expect(use.settings(SETTINGS, [...PATHS, 'never heard']).adaptiveMs).toBeUndefined();
  });
});

describe('a partner that was declared dead early', () => {
  it('and is heard before the deadtime is over ends it for an hour, then for two', () => {
    const use = inUse(700);
    use.diedEarly(10_000);
    const [line] = use.heard('private', SETTINGS, 11_999);
    expect(line).toMatchObject({
      event: 'PULSE_ADAPTIVE_FALSE',
      fields: { pauseMinutes: 60, silentMs: 1_999, adaptiveMs: 700, falseAlarms: 1 },
    });
    expect(use.heard('public', SETTINGS, 12_000)).toEqual([]);
    expect(use.settings(SETTINGS, PATHS)).toBe(SETTINGS);
    const good = { enabled: true, thresholdMs: 700 };
    expect(use.measured(good, SETTINGS, 59 * MINUTE_MS)).toEqual([]);
    expect(use.status()).toMatchObject({ falseAlarms: 1, because: expect.stringContaining('declared dead') });
    expect(use.measured(good, SETTINGS, 61 * MINUTE_MS)).toHaveLength(1);
    use.diedEarly(62 * MINUTE_MS);
    expect(use.heard('public', SETTINGS, 62 * MINUTE_MS + 1_000)[0]?.fields.pauseMinutes).toBe(120);
  });

  it('and is heard later was dead for the deadtime too', () => {
    const use = inUse(700);
    use.diedEarly(10_000);
    expect(use.heard('private', SETTINGS, 12_000)).toEqual([]);
    expect(use.status()).toEqual({ thresholdMs: 700, falseAlarms: 0 });
  });
});
