import type { FenceConfig } from '@piranha/config';

/** When the fence command runs, and whether its end lets this node take the addresses. Times are monotonic ms. */

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** `off`: the command said that the partner is off, and it was not heard since. */
type FencePhase = 'idle' | 'running' | 'off' | 'failed';

export interface FenceState {
  readonly phase: FencePhase;
  /** Number of the last run, counted over the life of the process, so that a late end is known as such. */
  readonly run: number;
  /** Runs since the partner was heard last. */
  readonly attempts: number;
  readonly problem: string | undefined;
  /** When a failed command may run again. */
  readonly retryAtMs: number;
}

export type FenceEvent =
  /** This node would take the addresses now: the partner is silent, and the witnesses agree. */
  | { readonly type: 'wanted' }
  /** A run ended; without a problem the partner is off. */
  | { readonly type: 'ended'; readonly run: number; readonly problem: string | undefined }
  /** The partner was heard: whatever was done, it lives. */
  | { readonly type: 'heard' };

type FenceEffect =
  | { readonly type: 'run'; readonly run: number; readonly attempt: number }
  /** Kill the command, if it still runs. */
  | { readonly type: 'cancel' };

/** `take`: nothing holds this node back; `isOff` only where the command succeeded. `wait`: ask again at `untilMs`. */
export type FenceVerdict =
  | { readonly verdict: 'take'; readonly isOff: boolean; readonly reason: string }
  | { readonly verdict: 'wait'; readonly untilMs: number; readonly reason: string };

export interface FenceStep {
  readonly state: FenceState;
  readonly effects: readonly FenceEffect[];
}

/** Nothing was run yet. */
export const NO_FENCE_YET: FenceState = {
  phase: 'idle',
  run: 0,
  attempts: 0,
  problem: undefined,
  retryAtMs: -Infinity,
};

function pauseMs(attempts: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, attempts - 1));
}

function onWanted(fence: FenceConfig, state: FenceState, nowMs: number): FenceStep {
  const retries = state.phase === 'failed' && fence.failure === 'wait' && nowMs >= state.retryAtMs;
  if (state.phase !== 'idle' && !retries) return { state, effects: [] };
  const run = state.run + 1;
  const attempts = state.attempts + 1;
  return {
    state: { ...state, phase: 'running', run, attempts },
    effects: [{ type: 'run', run, attempt: attempts }],
  };
}

/** One step. Without a fence command nothing ever happens. */
export function stepFence(
  fence: FenceConfig | undefined,
  state: FenceState,
  event: FenceEvent,
  nowMs: number,
): FenceStep {
  if (event.type === 'heard') {
    const effects: FenceEffect[] = state.phase === 'running' ? [{ type: 'cancel' }] : [];
    return { state: { ...NO_FENCE_YET, run: state.run }, effects };
  }
  if (fence === undefined) return { state, effects: [] };
  if (event.type === 'wanted') return onWanted(fence, state, nowMs);
  if (state.phase !== 'running' || event.run !== state.run) return { state, effects: [] };
  if (event.problem === undefined)
    return { state: { ...state, phase: 'off', problem: undefined }, effects: [] };
  const retryAtMs = nowMs + pauseMs(state.attempts);
  return { state: { ...state, phase: 'failed', problem: event.problem, retryAtMs }, effects: [] };
}

/** Whether this node may take the addresses as far as the fence goes; ask after a `wanted`. */
export function fenceVerdict(fence: FenceConfig | undefined, state: FenceState): FenceVerdict {
  if (fence === undefined) return { verdict: 'take', isOff: false, reason: 'no fence_cmd' };
  switch (state.phase) {
    case 'off':
      return { verdict: 'take', isOff: true, reason: 'fence_cmd says that the partner is off' };
    case 'failed':
      if (fence.failure === 'take') {
        const reason = `fence_cmd failed (${state.problem}): fence_failure = take takes over all the same`;
        return { verdict: 'take', isOff: false, reason };
      }
      return {
        verdict: 'wait',
        untilMs: state.retryAtMs,
        reason: `fence_cmd failed (${state.problem}): no takeover until it succeeds`,
      };
    default:
      return { verdict: 'wait', untilMs: Infinity, reason: 'fence_cmd runs' };
  }
}
