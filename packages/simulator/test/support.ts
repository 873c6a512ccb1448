import type { PulseSettings } from '@piranha/pulse/machines';

/** Beats each 100 ms, dead after 400 ms, two addresses. */
export const SETTINGS: PulseSettings = {
  role: 'primary',
  hasPartner: true,
  keepaliveMs: 100,
  deadtimeMs: 400,
  releaseLimitMs: 3_000,
  vips: ['10.0.0.8', '10.0.0.9'],
};
