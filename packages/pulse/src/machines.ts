export { adaptiveMode, guardedSilenceMs } from './core/adaptive.js';
export { AdaptiveUse } from './core/adaptive-use.js';
export { Announcer } from './core/announcer.js';
export { beatContent } from './core/beat-content.js';
export { heardOfBeat } from './core/beat-event.js';
export { type BeatKeys, BeatVoice } from './core/beat-voice.js';
export { wordOfBeat } from './core/beat-words.js';
export { beatsCount, silenceMs, speaksWords } from './core/beats-count.js';
export { YOUNG_DEADTIME_MS } from './core/dead-timer.js';
export { type FailbackState, failbackTaker, NO_FAILBACK, stepFailback } from './core/failback.js';
export { gateAfterMs, gateQuestion } from './core/gate.js';
export type { GroupEffect, GroupStates } from './core/group-step.js';
export {
  GUARDIAN_LIMITS,
  GUARDIAN_TICK_MS,
  type GuardianEffect,
  type GuardianEvent,
  type GuardianLimits,
  type GuardianState,
  type GuardianStep,
  startGuardian,
  stepGuardian,
} from './core/guardian.js';
export { leaveLimitMs } from './core/leaving.js';
export { nextTickMs, stepPulse } from './core/machine.js';
export type { Views } from './core/move-refusal.js';
export { wordOf } from './core/moves.js';
export { NodeGroups } from './core/node-groups.js';
export { nextTaker, rankStepMs } from './core/other-directors.js';
export { settingsInUse, type TimesBefore, timesBefore, wordHeard } from './core/pair-times.js';
export { HeartbeatStatistics } from './core/path-statistics.js';
export {
  ADAPTIVE_REFRESH_MS,
  ANSWER_SPACING_MS,
  LONGEST_WAIT_MS,
  REPLACE_GUARDIAN_MS,
  REPORT_MS,
} from './core/process-times.js';
export type { NodeView } from './core/readiness.js';
export { pulseSettings } from './core/settings.js';
export { hasSlept } from './core/sleep.js';
export { type SaidWords, StandInVoice } from './core/stand-in-voice.js';
export { startPulse } from './core/start.js';
export type {
  GateAnswer,
  MaintenanceOrder,
  PulseEffect,
  PulseEvent,
  PulseSettings,
  PulseStart,
  PulseState,
  PulseStep,
} from './core/types.js';
export { type GroupPlan, groupPlans } from './core/vip-groups.js';
