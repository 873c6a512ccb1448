/** The arithmetic of heartbeats, apart from index.ts: only pulse and the tools load it. */
export {
  adviseHeartbeats,
  FEWEST_INTERVALS,
  type HeartbeatAdvice,
  roundedUp,
  type Timing,
} from './core/advice.js';
export {
  type LatenessCounts,
  latenessQuantileMs,
  latenessStepMs,
  MOST_LATENESSES,
} from './core/lateness.js';
export {
  intervalsOf,
  measuredTailMs,
  shortestDeadtimeMs,
  silenceSample,
  silencesLonger,
} from './core/silence-model.js';
