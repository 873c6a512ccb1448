import type { CheckComplaint, CheckOutcome } from '../check.js';

/** The nanny's loop: results in, verdicts and the time of the next check out. All times in monotonic ms. */

export interface LoopPolicy {
  /** Wait from the end of a check to the begin of the next, ms. */
  readonly intervalMs: number;
  /** How long a failed server must answer before it returns, ms. */
  readonly reentryMs: number;
  /** IP:PORT for log lines. */
  readonly server: string;
}

/** `up`, `down`, or `unknown` before the first verdict. */
export type Verdict = 'up' | 'down' | 'unknown';

/** USR1 and USR2 put glasses on nanny, HUP takes them off. */
type Glasses = 'none' | 'opaque' | 'rose-colored';

export interface LoopState {
  readonly verdict: Verdict;
  readonly glasses: Glasses;
  /** Good checks since the last failure; starts as if the re-entry time were served. */
  readonly goodChecks: number;
  /** Number of the last check that was begun. */
  readonly checkNumber: number;
  readonly checking: boolean;
  /** When the next check is due; undefined while one runs or none is wanted. */
  readonly nextCheckMs: number | undefined;
  /** The complaint that was logged last, so that a long outage is told once. */
  readonly toldReason: string | undefined;
}

export type LoopEvent =
  | { readonly type: 'start' }
  | { readonly type: 'timer' }
  | {
      readonly type: 'checked';
      readonly checkNumber: number;
      readonly outcome: CheckOutcome;
      readonly durationMs: number;
    }
  | { readonly type: 'glasses'; readonly glasses: Glasses };

export type LoopEffect =
  | { readonly type: 'check'; readonly checkNumber: number }
  | { readonly type: 'cancel' }
  /** Replaces the wake-up asked for before. */
  | { readonly type: 'wake'; readonly atMs: number }
  | { readonly type: 'log'; readonly complaint: CheckComplaint }
  | {
      readonly type: 'result';
      readonly ok: boolean;
      readonly reason: string;
      readonly durationMs: number;
      readonly up: boolean;
    }
  | { readonly type: 'transition'; readonly up: boolean; readonly reason: string };

export interface LoopStep {
  readonly state: LoopState;
  readonly effects: readonly LoopEffect[];
}

/** Good checks in a row that bring a failed server back: re-entry time divided by the interval, rounded down. */
export function requiredGoodChecks(policy: LoopPolicy): number {
  return Math.floor(policy.reentryMs / policy.intervalMs);
}

/**
 * A loop that has checked nothing yet.
 * @param known what an earlier nanny of this server knew: `up` stays until a check fails, `down` must serve the
 *   re-entry time, `unknown` comes in with the first good check
 */
export function initialLoop(policy: LoopPolicy, known: Verdict): LoopState {
  return {
    verdict: known,
    glasses: 'none',
    goodChecks: known === 'down' ? 0 : requiredGoodChecks(policy),
    checkNumber: 0,
    checking: false,
    nextCheckMs: undefined,
    toldReason: undefined,
  };
}

function beginCheck(state: LoopState): LoopStep {
  const checkNumber = state.checkNumber + 1;
  return {
    state: { ...state, checkNumber, checking: true, nextCheckMs: undefined },
    effects: [{ type: 'check', checkNumber }],
  };
}

/** The effects of a changed verdict; a server that never was up is not said to be shut down. */
function changeVerdict(policy: LoopPolicy, before: Verdict, after: Verdict, reason: string): LoopEffect[] {
  if (before === after || after === 'unknown') return [];
  const down = before === 'up' ? 'NANNY_SERVER_DOWN' : 'NANNY_SERVER_DOWN_AT_START';
  const event = after === 'up' ? 'NANNY_SERVER_UP' : down;
  return [
    { type: 'log', complaint: { event, fields: { server: policy.server } } },
    { type: 'transition', up: after === 'up', reason },
  ];
}

function judge(policy: LoopPolicy, state: LoopState, ok: boolean): Pick<LoopState, 'verdict' | 'goodChecks'> {
  const goodChecks = ok ? state.goodChecks + 1 : 0;
  if (state.glasses !== 'none') return { verdict: state.verdict, goodChecks };
  if (!ok) return { verdict: 'down', goodChecks };
  const returns = state.verdict === 'up' || goodChecks >= requiredGoodChecks(policy);
  return { verdict: returns ? 'up' : 'down', goodChecks };
}

function checked(
  policy: LoopPolicy,
  state: LoopState,
  event: Extract<LoopEvent, { type: 'checked' }>,
  nowMs: number,
): LoopStep {
  if (!state.checking || event.checkNumber !== state.checkNumber) return { state, effects: [] };
  const { outcome } = event;
  const { verdict, goodChecks } = judge(policy, state, outcome.ok);
  const nextCheckMs = nowMs + policy.intervalMs;
  const effects: LoopEffect[] = [];
  const told = outcome.complaint ? outcome.reason : undefined;
  if (outcome.complaint && told !== state.toldReason)
    effects.push({ type: 'log', complaint: outcome.complaint });
  const { durationMs } = event;
  effects.push({ type: 'result', ok: outcome.ok, reason: outcome.reason, durationMs, up: verdict === 'up' });
  effects.push(...changeVerdict(policy, state.verdict, verdict, outcome.reason));
  effects.push({ type: 'wake', atMs: nextCheckMs });
  return {
    state: { ...state, verdict, goodChecks, checking: false, nextCheckMs, toldReason: told },
    effects,
  };
}

const GLASSES_EVENTS = {
  none: 'NANNY_FORCE_REMOVED',
  opaque: 'NANNY_FORCED_DOWN',
  'rose-colored': 'NANNY_FORCED_UP',
} as const;

function putGlasses(policy: LoopPolicy, state: LoopState, glasses: Glasses): LoopStep {
  const event = GLASSES_EVENTS[glasses];
  const log: LoopEffect = { type: 'log', complaint: { event, fields: {} } };
  if (glasses === 'none') {
    // Back to normal counts as the re-entry time served; the next check decides, and it comes at once.
    const state2 = { ...state, glasses, goodChecks: requiredGoodChecks(policy) };
    if (state.checking) return { state: state2, effects: [log] };
    const begun = beginCheck(state2);
    return { state: begun.state, effects: [log, ...begun.effects] };
  }
  const verdict = glasses === 'opaque' ? 'down' : 'up';
  const reason = `forced ${verdict} by a signal`;
  const effects: LoopEffect[] = [log, ...changeVerdict(policy, state.verdict, verdict, reason)];
  if (glasses === 'rose-colored') {
    if (state.checking || state.nextCheckMs !== undefined)
      return { state: { ...state, glasses, verdict }, effects };
    const begun = beginCheck({ ...state, glasses, verdict });
    return { state: begun.state, effects: [...effects, ...begun.effects] };
  }
  if (state.checking) effects.push({ type: 'cancel' });
  return { state: { ...state, glasses, verdict, checking: false, nextCheckMs: undefined }, effects };
}

/** One step of the loop. `nowMs` is monotonic time in ms. */
export function stepLoop(policy: LoopPolicy, state: LoopState, event: LoopEvent, nowMs: number): LoopStep {
  switch (event.type) {
    case 'start':
      return beginCheck(state);
    case 'timer':
      if (state.checking || state.nextCheckMs === undefined) return { state, effects: [] };
      // Timers may come a little early.
      if (nowMs < state.nextCheckMs) return { state, effects: [{ type: 'wake', atMs: state.nextCheckMs }] };
      return beginCheck(state);
    case 'checked':
      return checked(policy, state, event, nowMs);
    case 'glasses':
      return putGlasses(policy, state, event.glasses);
  }
}
