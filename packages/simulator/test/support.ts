import type { WitnessConfig } from '@piranha/config';
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

/** One witness under `require`, with the times that an lvs.cf of these settings gives it. */
export const WITNESS: WitnessConfig = {
  targets: [{ kind: 'gateway', name: 'gateway 10.0.0.254', address: '10.0.0.254' }],
  policy: 'require',
  quorum: 1,
  intervalMs: 67,
  holdLimitMs: 270,
  marginMs: 30,
  takeAfterMs: 400,
};
