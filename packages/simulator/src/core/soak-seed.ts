import { adviseHeartbeats } from '@piranha/protocol/heartbeat-advice';
import type { PulseSettings } from '@piranha/pulse/machines';
import type { Noise } from './network.js';
import { Soak } from './soak.js';

const HOUR_MS = 3_600_000;

export interface SoakPlan {
  readonly seed: number;
  readonly settings: PulseSettings;
  readonly noise: Noise;
  readonly falseTakeoverYears: number;
  /** How long heartbeats are measured before anything counts, simulated hours. */
  readonly measuredHours: number;
  /** How long adaptive mode runs then, and after that how long the advised settings do, simulated hours. */
  readonly hours: number;
  /** Deaths of the active director in adaptive mode. */
  readonly crashes: number;
}

export interface SoakFigures {
  /** The shorter of the two directors' thresholds at the end, ms; undefined where one of them had none. */
  readonly thresholdMs: number | undefined;
  readonly falseTakeoversAdaptive: number;
  /** From each death to the begin of the takeover, ms. */
  readonly detectedMs: readonly number[];
  /** The longer of the two directors' proposals, ms; undefined without one. */
  readonly advisedDeadtimeMs: number | undefined;
  readonly falseTakeoversAdvised: number;
}

/** One seed: measures, runs adaptive mode, lets directors die, and runs what `lvsctl advise` proposes. */
export function soakSeed(plan: SoakPlan): SoakFigures {
  const { falseTakeoverYears, hours, measuredHours, crashes } = plan;
  const soak = new Soak({ ...plan, adaptive: true });
  soak.run((measuredHours + hours) * HOUR_MS);
  const falseTakeoversAdaptive = soak.falseTakeovers;
  const thresholds = (['primary', 'backup'] as const).map((role) => soak.thresholdMs(role));
  const proposals = (['primary', 'backup'] as const).map(
    (role) => adviseHeartbeats(soak.measurement(role), falseTakeoverYears).proposal?.deadtimeMs ?? Number.NaN,
  );
  const detectedMs = Array.from({ length: crashes }, () => soak.crash());
  const advisedMs = Math.max(...proposals);
  const before = soak.falseTakeovers;
  if (advisedMs > 0) {
    soak.keepToDeadtime(advisedMs);
    soak.run(hours * HOUR_MS);
  }
  return {
    thresholdMs: thresholds.includes(undefined) ? undefined : Math.min(...thresholds.map(Number)),
    falseTakeoversAdaptive,
    detectedMs,
    advisedDeadtimeMs: advisedMs > 0 ? advisedMs : undefined,
    falseTakeoversAdvised: soak.falseTakeovers - before,
  };
}
