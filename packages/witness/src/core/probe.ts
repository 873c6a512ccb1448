/** When one witness is asked, and what its answers say: at most one question at a time, some lost ones are normal. */

/** Unanswered questions in a row after which a witness counts as unreachable. */
export const MISSES = 3;

/** `unknown` until the first answer, or as many misses as it takes. */
export type Reach = 'unknown' | 'reachable' | 'unreachable';

/** An answered question. Times are monotonic ms. */
interface Proof {
  /** When the question was sent: that late the way was open, whenever the answer came. */
  readonly sentMs: number;
  readonly answeredMs: number;
}

export interface ProbeState {
  readonly reach: Reach;
  /** The answered question that was sent last. */
  readonly proof: Proof | undefined;
  /**
   * When the first answer of the present run came; undefined unless reachable. Not when its question was sent: one that
   * was sent again and again may have reached a witness that was somebody else's until then.
   */
  readonly runSinceMs: number | undefined;
  /** The question that waits for its answer. */
  readonly question: { readonly sentMs: number; readonly untilMs: number } | undefined;
  readonly missesInRow: number;
  /** Why the last question that ended had no answer. */
  readonly problem: string | undefined;
  readonly nextAskMs: number;
  readonly asked: number;
  readonly answered: number;
}

export type ProbeEvent =
  | { readonly type: 'tick' }
  /** A question that was sent at `sentMs` was answered, perhaps after it was given up. */
  | { readonly type: 'answered'; readonly sentMs: number }
  /** The question of `sentMs` will have no answer. */
  | { readonly type: 'failed'; readonly sentMs: number; readonly problem: string }
  /** A question that was sent after `sinceMs` is wanted at once. */
  | { readonly type: 'askNow'; readonly sinceMs: number };

type ProbeEffect =
  /** Send a question; its time is now. */
  | { readonly type: 'ask' }
  /** Nobody waits for the answer of the present question any more. */
  | { readonly type: 'giveUp' }
  /** `reach` has changed. */
  | { readonly type: 'changed' };

export interface ProbeStep {
  readonly state: ProbeState;
  /** In order. */
  readonly effects: readonly ProbeEffect[];
}

/** From question to question, and how long one waits, ms. */
export interface ProbeSettings {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** A witness that will be asked at the first tick. */
export function startProbe(nowMs: number): ProbeState {
  return {
    reach: 'unknown',
    proof: undefined,
    runSinceMs: undefined,
    question: undefined,
    missesInRow: 0,
    problem: undefined,
    nextAskMs: nowMs,
    asked: 0,
    answered: 0,
  };
}

function ask(settings: ProbeSettings, state: ProbeState, nowMs: number): ProbeStep {
  const question = { sentMs: nowMs, untilMs: nowMs + settings.timeoutMs };
  const nextAskMs = nowMs + settings.intervalMs;
  return {
    state: { ...state, question, nextAskMs, asked: state.asked + 1 },
    effects: [{ type: 'ask' }],
  };
}

function onMiss(state: ProbeState, problem: string, effects: readonly ProbeEffect[]): ProbeStep {
  const missesInRow = state.missesInRow + 1;
  const isLost = missesInRow >= MISSES && state.reach !== 'unreachable';
  const next: ProbeState = { ...state, question: undefined, missesInRow, problem };
  if (!isLost) return { state: next, effects };
  return {
    state: { ...next, reach: 'unreachable', runSinceMs: undefined },
    effects: [...effects, { type: 'changed' }],
  };
}

function onAnswered(state: ProbeState, sentMs: number, nowMs: number): ProbeStep {
  const isNewest = state.proof === undefined || sentMs > state.proof.sentMs;
  const isAwaited = state.question?.sentMs === sentMs;
  if (!isNewest && !isAwaited) return { state, effects: [] };
  const isBack = state.reach !== 'reachable';
  return {
    state: {
      ...state,
      reach: 'reachable',
      proof: { sentMs, answeredMs: nowMs },
      runSinceMs: isBack ? nowMs : state.runSinceMs,
      question: isAwaited ? undefined : state.question,
      missesInRow: 0,
      problem: undefined,
      answered: state.answered + 1,
    },
    effects: isBack ? [{ type: 'changed' }] : [],
  };
}

function onTick(settings: ProbeSettings, state: ProbeState, nowMs: number): ProbeStep {
  const { question } = state;
  const ended =
    question !== undefined && nowMs >= question.untilMs
      ? onMiss(state, `no answer within ${settings.timeoutMs} ms`, [{ type: 'giveUp' }])
      : { state, effects: [] };
  if (ended.state.question !== undefined || nowMs < ended.state.nextAskMs) return ended;
  const asked = ask(settings, ended.state, nowMs);
  return { state: asked.state, effects: [...ended.effects, ...asked.effects] };
}

function onAskNow(settings: ProbeSettings, state: ProbeState, sinceMs: number, nowMs: number): ProbeStep {
  const newest = state.question?.sentMs ?? state.proof?.sentMs;
  if (newest !== undefined && newest > sinceMs) return { state, effects: [] };
  // The older question proves nothing that is wanted now. That nobody waits for it is not its fault: no miss.
  const asked = ask(settings, state, nowMs);
  const superseded: ProbeEffect[] = state.question === undefined ? [] : [{ type: 'giveUp' }];
  return { state: asked.state, effects: [...superseded, ...asked.effects] };
}

/** One step of one witness; `nowMs` is monotonic. */
export function stepProbe(
  settings: ProbeSettings,
  state: ProbeState,
  event: ProbeEvent,
  nowMs: number,
): ProbeStep {
  switch (event.type) {
    case 'tick':
      return onTick(settings, state, nowMs);
    case 'answered':
      return onAnswered(state, event.sentMs, nowMs);
    case 'failed':
      if (state.question?.sentMs !== event.sentMs) return { state, effects: [] };
      return onMiss(state, event.problem, []);
    case 'askNow':
      return onAskNow(settings, state, event.sinceMs, nowMs);
  }
}

/** When the probe must be ticked next, monotonic ms. */
export function nextProbeTickMs({ question, nextAskMs }: ProbeState): number {
  return question === undefined ? nextAskMs : question.untilMs;
}
