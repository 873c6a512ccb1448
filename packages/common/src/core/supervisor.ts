/**
 * Decides about one supervised child process: when to start it, when it counts as hung, when to kill it and how
 * long to wait before the next start. Pure: the shell reports what it saw and carries the effects out.
 */

export interface SupervisorPolicy {
  /** A child that was started has this long to report for the first time, ms. */
  readonly startLimitMs: number;
  /** A child that reported once counts as hung after this silence, ms. */
  readonly silenceLimitMs: number;
  /** A child asked to stop gets SIGKILL after this, ms. */
  readonly stopLimitMs: number;
  /** Wait before the first restart, ms; doubled with each failure in a row. */
  readonly backoffFirstMs: number;
  readonly backoffCapMs: number;
  /** A child that lived this long starts again with the first wait, ms. */
  readonly steadyAfterMs: number;
}

export type SupervisorPhase = 'idle' | 'starting' | 'running' | 'waiting' | 'stopping';

export interface SupervisorState {
  readonly phase: SupervisorPhase;
  /** Failures in a row; 0 once the child has been steady. */
  readonly failures: number;
  /** Starts since the supervisor began, for status. */
  readonly starts: number;
  readonly startedAtMs: number;
  readonly lastSignMs: number;
  /** When the present phase ends by itself: next start, or SIGKILL of a stopping child. */
  readonly deadlineMs: number;
}

export type SupervisorEvent =
  | { readonly type: 'start' }
  /** A child that already runs was found; it is watched without being started. */
  | { readonly type: 'adopt' }
  | { readonly type: 'sign' }
  | { readonly type: 'exited' }
  | { readonly type: 'stop' }
  /** `lateMs`: how late the shell's own timer was; silence of that length proves nothing. */
  | { readonly type: 'tick'; readonly lateMs: number };

export type SupervisorEffect =
  | { readonly type: 'spawn' }
  | { readonly type: 'terminate' }
  | { readonly type: 'kill'; readonly reason: 'silent' | 'never reported' | 'did not stop' }
  | { readonly type: 'restartScheduled'; readonly delayMs: number };

export interface SupervisorStep {
  readonly state: SupervisorState;
  readonly effects: readonly SupervisorEffect[];
}

/** A supervisor that has started nothing yet. */
export function initialSupervisor(): SupervisorState {
  return { phase: 'idle', failures: 0, starts: 0, startedAtMs: 0, lastSignMs: 0, deadlineMs: 0 };
}

/** Wait before the next start after `failures` failures in a row, ms. */
export function backoffDelayMs(policy: SupervisorPolicy, failures: number): number {
  if (failures <= 0) return 0;
  return Math.min(policy.backoffCapMs, policy.backoffFirstMs * 2 ** Math.min(failures - 1, 30));
}

function launch(state: SupervisorState, nowMs: number): SupervisorStep {
  const next: SupervisorState = {
    ...state,
    phase: 'starting',
    starts: state.starts + 1,
    startedAtMs: nowMs,
    lastSignMs: nowMs,
  };
  return { state: next, effects: [{ type: 'spawn' }] };
}

function onExit(policy: SupervisorPolicy, state: SupervisorState, nowMs: number): SupervisorStep {
  if (state.phase === 'idle' || state.phase === 'waiting') return { state, effects: [] };
  if (state.phase === 'stopping') return { state: { ...state, phase: 'idle' }, effects: [] };
  const steady = state.phase === 'running' && nowMs - state.startedAtMs >= policy.steadyAfterMs;
  const failures = steady ? 1 : state.failures + 1;
  const delayMs = backoffDelayMs(policy, failures);
  return {
    state: { ...state, phase: 'waiting', failures, deadlineMs: nowMs + delayMs },
    effects: [{ type: 'restartScheduled', delayMs }],
  };
}

function onTick(
  policy: SupervisorPolicy,
  state: SupervisorState,
  lateMs: number,
  nowMs: number,
): SupervisorStep {
  if (state.phase === 'waiting' && nowMs >= state.deadlineMs) return launch(state, nowMs);
  if (state.phase === 'stopping' && nowMs >= state.deadlineMs) {
    const next = { ...state, deadlineMs: nowMs + policy.stopLimitMs };
    return { state: next, effects: [{ type: 'kill', reason: 'did not stop' }] };
  }
  if (state.phase !== 'starting' && state.phase !== 'running') return { state, effects: [] };
  // A supervisor that slept itself cannot blame the child for what it did not read meanwhile.
  const shifted = lateMs > 0 ? { ...state, lastSignMs: Math.min(nowMs, state.lastSignMs + lateMs) } : state;
  const limitMs = state.phase === 'starting' ? policy.startLimitMs : policy.silenceLimitMs;
  if (nowMs - shifted.lastSignMs <= limitMs) return { state: shifted, effects: [] };
  const reason = state.phase === 'starting' ? 'never reported' : 'silent';
  // The exit follows the kill; until then the child gets a fresh limit instead of a kill a tick.
  return { state: { ...shifted, lastSignMs: nowMs }, effects: [{ type: 'kill', reason }] };
}

/** One step of the supervisor. `nowMs` is monotonic time in milliseconds. */
export function stepSupervisor(
  policy: SupervisorPolicy,
  state: SupervisorState,
  event: SupervisorEvent,
  nowMs: number,
): SupervisorStep {
  switch (event.type) {
    case 'start':
      return state.phase === 'idle' ? launch(state, nowMs) : { state, effects: [] };
    case 'adopt':
      return {
        state: { ...state, phase: 'running', startedAtMs: nowMs, lastSignMs: nowMs },
        effects: [],
      };
    case 'sign': {
      const phase = state.phase === 'starting' ? 'running' : state.phase;
      return { state: { ...state, phase, lastSignMs: nowMs }, effects: [] };
    }
    case 'exited':
      return onExit(policy, state, nowMs);
    case 'stop':
      if (state.phase === 'idle' || state.phase === 'waiting') {
        return { state: { ...state, phase: 'idle' }, effects: [] };
      }
      return {
        state: { ...state, phase: 'stopping', deadlineMs: nowMs + policy.stopLimitMs },
        effects: [{ type: 'terminate' }],
      };
    case 'tick':
      return onTick(policy, state, event.lateMs, nowMs);
  }
}
