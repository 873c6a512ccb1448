import type { CheckComplaint, CheckOutcome } from '../check.js';
import { NOTHING_TOLD, type ToldComplaints, tellComplaint } from './told-complaints.js';

/** The nanny's loop: results in, verdicts and the time of the next check out. All times in monotonic ms. */

export interface LoopPolicy {
  /** Wait from the end of a check to the begin of the next, ms. */
  readonly intervalMs: number;
  /** The same between two states, ms; absent = intervalMs. */
  readonly fastIntervalMs?: number | undefined;
  /** The same while the server is down and its checks fail, ms; absent = intervalMs. */
  readonly downIntervalMs?: number | undefined;
  /** How long a failed server must answer before it returns, ms. */
  readonly reentryMs: number;
  /** Good checks in a row that bring a failed server back; absent = as many as fill the re-entry time. */
  readonly rise?: number | undefined;
  /** Failed checks in a row that take a server out; absent = 1. */
  readonly fall?: number | undefined;
  /** How often a failed check of a server that is not down is repeated before it counts; absent = 0. */
  readonly retries?: number | undefined;
  /** Wait before each repetition, ms. */
  readonly retryDelayMs?: number | undefined;
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
  /** Failed checks since the last good one; repetitions do not count. */
  readonly failedChecks: number;
  /** How often the present check was repeated. */
  readonly repetitions: number;
  /** Why the server's agent says that it is down; undefined where it does not. */
  readonly agentDown: string | undefined;
  /** Number of the last check that was begun. */
  readonly checkNumber: number;
  readonly checking: boolean;
  /** How much later than due the present check began, ms. */
  readonly lateMs: number;
  /** When the next check is due; undefined while one runs or none is wanted. */
  readonly nextCheckMs: number | undefined;
  readonly told: ToldComplaints;
  /** The weight that its check asked for last; undefined where it never did. */
  readonly toldWeight: CheckOutcome['weight'];
}

export type LoopEvent =
  /** The first check comes `delayMs` later; absent = at once. */
  | { readonly type: 'start'; readonly delayMs?: number }
  | { readonly type: 'timer' }
  | {
      readonly type: 'checked';
      readonly checkNumber: number;
      readonly outcome: CheckOutcome;
      readonly durationMs: number;
    }
  | { readonly type: 'glasses'; readonly glasses: Glasses }
  /** The server's agent says that it is down, or (undefined) no longer. */
  | { readonly type: 'agent'; readonly down: string | undefined };

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
  | { readonly type: 'transition'; readonly up: boolean; readonly reason: string }
  | { readonly type: 'weight'; readonly weight: NonNullable<CheckOutcome['weight']> };

export interface LoopStep {
  readonly state: LoopState;
  readonly effects: readonly LoopEffect[];
}

/**
 * Good checks in a row that bring a failed server back: rise, or the re-entry time divided by the interval at which a
 * server that answers again is checked, rounded down.
 */
export function requiredGoodChecks({ rise, reentryMs, fastIntervalMs, intervalMs }: LoopPolicy): number {
  return rise ?? Math.floor(reentryMs / (fastIntervalMs ?? intervalMs));
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
    failedChecks: 0,
    repetitions: 0,
    agentDown: undefined,
    checkNumber: 0,
    checking: false,
    lateMs: 0,
    nextCheckMs: undefined,
    told: NOTHING_TOLD,
    toldWeight: undefined,
  };
}

function beginCheck(state: LoopState, lateMs = 0): LoopStep {
  const checkNumber = state.checkNumber + 1;
  return {
    state: { ...state, checkNumber, checking: true, lateMs, nextCheckMs: undefined },
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

function judge(
  policy: LoopPolicy,
  state: LoopState,
  ok: boolean,
): Pick<LoopState, 'verdict' | 'goodChecks' | 'failedChecks'> {
  const goodChecks = ok ? state.goodChecks + 1 : 0;
  const failedChecks = ok ? 0 : state.failedChecks + 1;
  const counts = { goodChecks, failedChecks };
  if (state.glasses !== 'none') return { verdict: state.verdict, ...counts };
  if (state.agentDown !== undefined) return { verdict: 'down', ...counts };
  if (!ok) {
    // Only a server that is up has something to lose: the first check decides, and down stays down.
    const holds = state.verdict === 'up' && failedChecks < (policy.fall ?? 1);
    return { verdict: holds ? 'up' : 'down', ...counts };
  }
  const returns = state.verdict === 'up' || goodChecks >= requiredGoodChecks(policy);
  return { verdict: returns ? 'up' : 'down', ...counts };
}

/** The wait before the next check: short between two states, its own while down. */
function waitMs(policy: LoopPolicy, verdict: Verdict, ok: boolean): number {
  const { intervalMs } = policy;
  if (ok === (verdict === 'up')) return ok ? intervalMs : (policy.downIntervalMs ?? intervalMs);
  return policy.fastIntervalMs ?? intervalMs;
}

/**
 * When the next check is due. What the process lost before this one is taken off the wait, half of it at most: else
 * probes that were held up together would from then on be due together, thousands in a burst.
 */
function nextDueMs(state: LoopState, waitedMs: number, nowMs: number): number {
  return nowMs + waitedMs - Math.min(state.lateMs, waitedMs / 2);
}

/** A failure that is looked into before it counts. */
function repeats(policy: LoopPolicy, state: LoopState, ok: boolean): boolean {
  const mayChange = state.glasses === 'none' && state.verdict !== 'down';
  return !ok && mayChange && state.repetitions < (policy.retries ?? 0);
}

type Checked = Extract<LoopEvent, { type: 'checked' }>;

/** A check says them once: they are told whether or not its outcome counts. */
function noticeLines({ notices = [] }: CheckOutcome): LoopEffect[] {
  return notices.map((complaint) => ({ type: 'log', complaint }));
}

function repeat(policy: LoopPolicy, state: LoopState, event: Checked, nowMs: number): LoopStep {
  const { outcome, durationMs } = event;
  const nextCheckMs = nowMs + (policy.retryDelayMs ?? 0);
  const result: LoopEffect = {
    type: 'result',
    ok: false,
    reason: outcome.reason,
    durationMs,
    up: state.verdict === 'up',
  };
  return {
    state: { ...state, checking: false, nextCheckMs, repetitions: state.repetitions + 1 },
    // Before the first verdict a result would be taken for one.
    effects: [
      ...noticeLines(outcome),
      ...(state.verdict === 'unknown' ? [] : [result]),
      { type: 'wake', atMs: nextCheckMs },
    ],
  };
}

/** What a check says of itself, unless that was logged already. @param isDecisive the verdict changes by it */
function complaintLine(state: LoopState, outcome: CheckOutcome, isDecisive: boolean, nowMs: number) {
  const { told, line } = tellComplaint(state.told, outcome, isDecisive, nowMs);
  const lines: LoopEffect[] = line === undefined ? [] : [{ type: 'log', complaint: line }];
  return { told, lines };
}

/** A check that could not be made changes nothing; the next one is as far away as ever. */
function passOver(policy: LoopPolicy, state: LoopState, { outcome, durationMs }: Checked, nowMs: number) {
  const nextCheckMs = nextDueMs(state, policy.intervalMs, nowMs);
  const { told, lines } = complaintLine(state, outcome, false, nowMs);
  const { reason } = outcome;
  const result: LoopEffect = { type: 'result', ok: false, reason, durationMs, up: state.verdict === 'up' };
  const effects: LoopEffect[] = [
    ...lines,
    ...noticeLines(outcome),
    // Before the first verdict a result would be taken for one.
    ...(state.verdict === 'unknown' ? [] : [result]),
    { type: 'wake', atMs: nextCheckMs },
  ];
  return { state: { ...state, checking: false, nextCheckMs, told }, effects };
}

function checked(policy: LoopPolicy, state: LoopState, event: Checked, nowMs: number): LoopStep {
  if (!state.checking || event.checkNumber !== state.checkNumber) return { state, effects: [] };
  const { outcome } = event;
  if (outcome.undecided) return passOver(policy, state, event, nowMs);
  if (repeats(policy, state, outcome.ok)) return repeat(policy, state, event, nowMs);
  const judged = judge(policy, state, outcome.ok);
  const { verdict } = judged;
  const agentHolds = state.agentDown !== undefined;
  const waitedMs = agentHolds ? policy.intervalMs : waitMs(policy, verdict, outcome.ok);
  const nextCheckMs = nextDueMs(state, waitedMs, nowMs);
  const { told, lines } = complaintLine(state, outcome, verdict !== state.verdict, nowMs);
  const effects: LoopEffect[] = [...lines, ...noticeLines(outcome)];
  const weight = outcome.ok ? outcome.weight : undefined;
  // Before the result: a server that comes up comes with it.
  if (weight !== undefined && weight !== state.toldWeight) effects.push({ type: 'weight', weight });
  const toldWeight = weight ?? state.toldWeight;
  const { durationMs } = event;
  const reason = outcome.ok ? (state.agentDown ?? outcome.reason) : outcome.reason;
  effects.push({ type: 'result', ok: outcome.ok, reason, durationMs, up: verdict === 'up' });
  effects.push(...changeVerdict(policy, state.verdict, verdict, reason));
  effects.push({ type: 'wake', atMs: nextCheckMs });
  return {
    state: {
      ...state,
      ...judged,
      checking: false,
      repetitions: 0,
      nextCheckMs,
      told,
      toldWeight,
    },
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
    const state2 = { ...state, glasses, goodChecks: requiredGoodChecks(policy), repetitions: 0 };
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

/** Down at once; up again with the next check that is good enough, which comes soon. */
function heedAgent(
  policy: LoopPolicy,
  state: LoopState,
  agentDown: string | undefined,
  nowMs: number,
): LoopStep {
  const next = { ...state, agentDown };
  const soonMs = nowMs + (policy.fastIntervalMs ?? policy.intervalMs);
  const isReleased = agentDown === undefined && state.agentDown !== undefined && state.glasses === 'none';
  if (isReleased && (state.nextCheckMs ?? 0) > soonMs) {
    return { state: { ...next, nextCheckMs: soonMs }, effects: [{ type: 'wake', atMs: soonMs }] };
  }
  if (agentDown === undefined || state.glasses !== 'none' || state.verdict === 'down')
    return { state: next, effects: [] };
  return {
    state: { ...next, verdict: 'down' },
    effects: changeVerdict(policy, state.verdict, 'down', agentDown),
  };
}

/** One step of the loop. `nowMs` is monotonic time in ms. */
export function stepLoop(policy: LoopPolicy, state: LoopState, event: LoopEvent, nowMs: number): LoopStep {
  switch (event.type) {
    case 'start': {
      if (event.delayMs === undefined || event.delayMs <= 0) return beginCheck(state);
      const nextCheckMs = nowMs + event.delayMs;
      return { state: { ...state, nextCheckMs }, effects: [{ type: 'wake', atMs: nextCheckMs }] };
    }
    case 'timer':
      if (state.checking || state.nextCheckMs === undefined) return { state, effects: [] };
      // Timers may come a little early.
      if (nowMs < state.nextCheckMs) return { state, effects: [{ type: 'wake', atMs: state.nextCheckMs }] };
      return beginCheck(state, nowMs - state.nextCheckMs);
    case 'checked':
      return checked(policy, state, event, nowMs);
    case 'glasses':
      return putGlasses(policy, state, event.glasses);
    case 'agent':
      return heedAgent(policy, state, event.down, nowMs);
  }
}
