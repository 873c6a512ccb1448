import { expect, it } from 'vitest';
import type { Times } from '../../src/core/pair-times.js';
import { TimesInUse } from '../../src/shell/times-in-use.js';
import { arrayLog } from '../support/sync-ends.js';
import { testSettings } from '../support/virtual-pair.js';

const OWN = testSettings('backup');
const SLOW = { keepaliveMs: 2_000, deadtimeMs: 5_000 };

it('the times in use are told when they differ from lvs.cf, and when they do no more, once each', () => {
  const { log, lines } = arrayLog();
  let shown: readonly Times[] = [OWN];
  const times = new TimesInUse(log, () => shown);
  expect(times.heard(OWN)).toBe(false);
  shown = [SLOW];
  expect([times.heard(OWN), times.heard(OWN)]).toEqual([true, false]);
  expect(times.settings(OWN)).toMatchObject({ keepaliveMs: OWN.keepaliveMs, deadtimeMs: 5_000 });
  times.reloaded(OWN, { ...OWN, ...SLOW });
  expect(times.heard({ ...OWN, ...SLOW })).toBe(false);
  expect(lines).toEqual([
    ['PULSE_TIMES_DIFFER', { keepaliveMs: OWN.keepaliveMs, deadtimeMs: 5_000 }],
    ['PULSE_TIMES_ALIKE', SLOW],
  ]);
});
