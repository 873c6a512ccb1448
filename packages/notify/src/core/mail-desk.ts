/**
 * When to send a mail and what about: what happens together goes together, no more than so many a minute, a failed one
 * is tried again for a bounded time. Memory is bounded whatever happens. Pure; times are monotonic ms.
 */

export interface MailItem {
  readonly atMs: number;
  /** One line, with its own time. */
  readonly line: string;
  /** The line without its time, for a subject. */
  readonly subject: string;
}

export interface MailPolicy {
  readonly mailsPerMinute: number;
  /** Items that a mail lists; older ones are only counted. */
  readonly mostItems: number;
  /** How long the first item waits for others, ms. */
  readonly gatherMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** An item that could not be sent for so long is given up, ms. */
  readonly giveUpMs: number;
}

/** What goes into one mail. */
export interface MailBatch {
  /** Oldest first. */
  readonly items: readonly MailItem[];
  /** Items that are no longer listed. */
  readonly unlisted: number;
}

export interface MailState {
  readonly waiting: MailBatch;
  readonly sending: MailBatch | undefined;
  /** When mails were begun within the last minute. */
  readonly begunAtMs: readonly number[];
  /** Not before then; for gathering and for trying again. */
  readonly notBeforeMs: number;
  /** Attempts that failed one after another. */
  readonly failures: number;
}

export type MailEvent =
  | { readonly type: 'happened'; readonly item: MailItem }
  | { readonly type: 'sent' }
  | { readonly type: 'failed'; readonly problem: string }
  /** Nothing more is gathered: the daemon stops. */
  | { readonly type: 'flush' }
  | { readonly type: 'tick' };

export type MailEffect =
  | { readonly type: 'send'; readonly batch: MailBatch }
  /** The first failure after a success. */
  | { readonly type: 'tellFailing'; readonly problem: string }
  | { readonly type: 'tellWorking' }
  | { readonly type: 'tellLost'; readonly count: number };

export interface MailStep {
  readonly state: MailState;
  readonly effects: readonly MailEffect[];
}

const MINUTE_MS = 60_000;
const NOTHING: MailBatch = { items: [], unlisted: 0 };

/** Nothing to send yet. */
export const IDLE_MAIL: MailState = {
  waiting: NOTHING,
  sending: undefined,
  begunAtMs: [],
  notBeforeMs: 0,
  failures: 0,
};

/** How many items are not sent yet, those that no mail lists included. */
export function unsentCount({ waiting, sending }: MailState): number {
  const count = (batch: MailBatch | undefined): number => (batch ? batch.items.length + batch.unlisted : 0);
  return count(waiting) + count(sending);
}

function isEmpty({ items, unlisted }: MailBatch): boolean {
  return items.length === 0 && unlisted === 0;
}

function joined(policy: MailPolicy, first: MailBatch, second: MailBatch): MailBatch {
  const all = [...first.items, ...second.items];
  const surplus = Math.max(0, all.length - policy.mostItems);
  return { items: all.slice(surplus), unlisted: first.unlisted + second.unlisted + surplus };
}

/** When the next mail may begin, monotonic ms. */
function freeAtMs(policy: MailPolicy, state: MailState): number {
  const recent = state.begunAtMs;
  const blocking = recent.at(-policy.mailsPerMinute);
  const limitMs = blocking === undefined ? 0 : blocking + MINUTE_MS;
  return Math.max(state.notBeforeMs, limitMs);
}

function maySend(policy: MailPolicy, state: MailState, nowMs: number): MailStep {
  if (state.sending !== undefined || isEmpty(state.waiting) || nowMs < freeAtMs(policy, state)) {
    return { state, effects: [] };
  }
  const begunAtMs = [...state.begunAtMs.filter((atMs) => atMs > nowMs - MINUTE_MS), nowMs];
  return {
    state: { ...state, waiting: NOTHING, sending: state.waiting, begunAtMs },
    effects: [{ type: 'send', batch: state.waiting }],
  };
}

function onHappened(policy: MailPolicy, state: MailState, item: MailItem, nowMs: number): MailStep {
  // Only the first of a batch waits for others, and a failing server is not tried any sooner.
  const begins = isEmpty(state.waiting) && state.failures === 0;
  const notBeforeMs = begins ? Math.max(state.notBeforeMs, nowMs + policy.gatherMs) : state.notBeforeMs;
  const waiting = joined(policy, state.waiting, { items: [item], unlisted: 0 });
  return maySend(policy, { ...state, waiting, notBeforeMs }, nowMs);
}

function onFailed(policy: MailPolicy, state: MailState, problem: string, nowMs: number): MailStep {
  const { sending } = state;
  if (sending === undefined) return { state, effects: [] };
  const back = joined(policy, sending, state.waiting);
  const items = back.items.filter(({ atMs }) => nowMs - atMs < policy.giveUpMs);
  const old = back.items.length - items.length;
  // What was only counted is as old as the oldest that is listed.
  const lost = items.length === 0 || old > 0 ? old + back.unlisted : 0;
  const delayMs = Math.min(policy.longestRetryMs, policy.firstRetryMs * 2 ** Math.min(state.failures, 30));
  const effects: MailEffect[] = state.failures === 0 ? [{ type: 'tellFailing', problem }] : [];
  if (lost > 0) effects.push({ type: 'tellLost', count: lost });
  return {
    state: {
      ...state,
      sending: undefined,
      waiting: { items, unlisted: lost > 0 ? 0 : back.unlisted },
      failures: state.failures + 1,
      notBeforeMs: nowMs + delayMs,
    },
    effects,
  };
}

/** One step of the mail desk. */
export function stepMail(policy: MailPolicy, state: MailState, event: MailEvent, nowMs: number): MailStep {
  switch (event.type) {
    case 'happened':
      return onHappened(policy, state, event.item, nowMs);
    case 'sent': {
      const effects: MailEffect[] = state.failures > 0 ? [{ type: 'tellWorking' }] : [];
      const next = maySend(policy, { ...state, sending: undefined, failures: 0 }, nowMs);
      return { state: next.state, effects: [...effects, ...next.effects] };
    }
    case 'failed':
      return onFailed(policy, state, event.problem, nowMs);
    case 'flush':
      return maySend(policy, state.failures > 0 ? state : { ...state, notBeforeMs: nowMs }, nowMs);
    case 'tick':
      return maySend(policy, state, nowMs);
  }
}

/** When the desk must tick next, monotonic ms; Infinity where nothing waits or a mail is under way. */
export function nextMailTickMs(policy: MailPolicy, state: MailState): number {
  if (state.sending !== undefined || isEmpty(state.waiting)) return Infinity;
  return freeAtMs(policy, state);
}
