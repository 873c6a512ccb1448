/**
 * The order of programs: one runs, the others wait. Who runs past its limit gets SIGTERM, then SIGKILL, and is given
 * up if even that does not end it. Pure; times are monotonic ms.
 */

export interface QueuedProgram {
  readonly id: number;
  /** How long it may run, ms. */
  readonly limitMs: number;
}

interface Running<Job> {
  readonly job: Job;
  /** running: within its limit; terminated: SIGTERM was sent; killed: SIGKILL was sent. */
  readonly stage: 'running' | 'terminated' | 'killed';
  /** When the next stage begins. */
  readonly dueMs: number;
}

export interface QueueState<Job extends QueuedProgram> {
  readonly waiting: readonly Job[];
  readonly running: Running<Job> | undefined;
  /** Dropped since that was told last. */
  readonly dropped: number;
}

export type QueueEvent<Job extends QueuedProgram> =
  | { readonly type: 'add'; readonly job: Job }
  /** The program ended by itself or by a signal. */
  | { readonly type: 'ended'; readonly id: number }
  | { readonly type: 'tick' };

export type QueueEffect<Job extends QueuedProgram> =
  | { readonly type: 'start'; readonly job: Job }
  /** For its whole process group. */
  | { readonly type: 'signal'; readonly job: Job; readonly signal: 'SIGTERM' | 'SIGKILL' }
  /** It does not end: it is waited for no longer. */
  | { readonly type: 'giveUp'; readonly job: Job }
  | { readonly type: 'drop'; readonly job: Job }
  /** To be logged: so many were dropped. */
  | { readonly type: 'tellDropped'; readonly count: number };

export interface QueueStep<Job extends QueuedProgram> {
  readonly state: QueueState<Job>;
  readonly effects: readonly QueueEffect<Job>[];
}

/** Between SIGTERM and SIGKILL, ms. */
export const TERM_GRACE_MS = 2_000;
/** How long a killed program is waited for, ms. */
export const KILL_GRACE_MS = 1_000;

/** Nothing runs, nothing waits. */
export function emptyQueue<Job extends QueuedProgram>(): QueueState<Job> {
  return { waiting: [], running: undefined, dropped: 0 };
}

function startNext<Job extends QueuedProgram>(state: QueueState<Job>, nowMs: number): QueueStep<Job> {
  const [job, ...waiting] = state.waiting;
  if (state.running !== undefined || job === undefined) return { state, effects: [] };
  const hasRoom = waiting.length === 0;
  // The first was told when it was dropped.
  const told: QueueEffect<Job>[] =
    hasRoom && state.dropped > 1 ? [{ type: 'tellDropped', count: state.dropped }] : [];
  return {
    state: {
      waiting,
      running: { job, stage: 'running', dueMs: nowMs + job.limitMs },
      dropped: hasRoom ? 0 : state.dropped,
    },
    effects: [...told, { type: 'start', job }],
  };
}

function andStartNext<Job extends QueuedProgram>(
  state: QueueState<Job>,
  effects: readonly QueueEffect<Job>[],
  nowMs: number,
): QueueStep<Job> {
  const next = startNext(state, nowMs);
  return { state: next.state, effects: [...effects, ...next.effects] };
}

/** The newest knows best how things stand: the oldest that waits goes. */
function onAdd<Job extends QueuedProgram>(
  limit: number,
  state: QueueState<Job>,
  job: Job,
  nowMs: number,
): QueueStep<Job> {
  const [oldest, ...others] = state.waiting;
  if (oldest === undefined || state.waiting.length < limit) {
    return startNext({ ...state, waiting: [...state.waiting, job] }, nowMs);
  }
  const effects: QueueEffect<Job>[] = [{ type: 'drop', job: oldest }];
  // The first is told at once, all of them together once the queue has room again.
  const isFirst = state.dropped === 0;
  if (isFirst) effects.push({ type: 'tellDropped', count: 1 });
  return { state: { ...state, waiting: [...others, job], dropped: state.dropped + 1 }, effects };
}

function onTick<Job extends QueuedProgram>(state: QueueState<Job>, nowMs: number): QueueStep<Job> {
  const { running } = state;
  if (running === undefined || nowMs < running.dueMs) return { state, effects: [] };
  const { job } = running;
  if (running.stage === 'running') {
    const next = { job, stage: 'terminated', dueMs: nowMs + TERM_GRACE_MS } as const;
    return { state: { ...state, running: next }, effects: [{ type: 'signal', job, signal: 'SIGTERM' }] };
  }
  if (running.stage === 'terminated') {
    const next = { job, stage: 'killed', dueMs: nowMs + KILL_GRACE_MS } as const;
    return { state: { ...state, running: next }, effects: [{ type: 'signal', job, signal: 'SIGKILL' }] };
  }
  return andStartNext({ ...state, running: undefined }, [{ type: 'giveUp', job }], nowMs);
}

/**
 * One step of the queue.
 * @param limit how many may wait, at least 1
 */
export function stepQueue<Job extends QueuedProgram>(
  limit: number,
  state: QueueState<Job>,
  event: QueueEvent<Job>,
  nowMs: number,
): QueueStep<Job> {
  switch (event.type) {
    case 'add':
      return onAdd(limit, state, event.job, nowMs);
    case 'ended': {
      const { running } = state;
      if (running?.job.id !== event.id) return { state, effects: [] };
      // Children of one that was told to end may not have listened.
      const sweep: QueueEffect<Job>[] =
        running.stage === 'terminated' ? [{ type: 'signal', job: running.job, signal: 'SIGKILL' }] : [];
      return andStartNext({ ...state, running: undefined }, sweep, nowMs);
    }
    case 'tick':
      return onTick(state, nowMs);
  }
}

/** When the queue must tick next, monotonic ms; Infinity where nothing runs. */
export function nextQueueTickMs<Job extends QueuedProgram>(state: QueueState<Job>): number {
  return state.running?.dueMs ?? Infinity;
}
