export { adaptiveMode, guardedSilenceMs } from './core/adaptive.js';
export { AdaptiveUse } from './core/adaptive-use.js';
export {
  type GuardianEffect,
  type GuardianEvent,
  type GuardianLimits,
  type GuardianState,
  type GuardianStep,
  startGuardian,
  stepGuardian,
} from './core/guardian.js';
export { nextTickMs, stepPulse } from './core/machine.js';
export { wordOf } from './core/moves.js';
export { HeartbeatStatistics } from './core/path-statistics.js';
export { startPulse } from './core/start.js';
export type {
  PulseEffect,
  PulseEvent,
  PulseSettings,
  PulseStart,
  PulseState,
  PulseStep,
} from './core/types.js';
