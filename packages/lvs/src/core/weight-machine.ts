import type { WeightReading } from '@piranha/protocol';

/**
 * The weight of one server between what is configured and what load, agent and slow start make of it. Pure; times are
 * monotonic ms. Never above the maximum, never 0 unless drained, at most one change a second.
 */

interface AgentRules {
  /** Share that the value before keeps with each answer, 0 to 1. */
  readonly smoothing: number;
  /** Share of the configured weight by which the weight may change in a minute. */
  readonly changePerMinute: number;
  /** The last answer counts for so long; then the weight fades back within fadeMs. */
  readonly holdMs: number;
  readonly fadeMs: number;
}

export interface WeightPolicy {
  /** Above 0: a server of weight 0 is drained and has no machine. */
  readonly configured: number;
  /** Time of the linear ramp, ms, 0 = none; or the original's, which doubles. */
  readonly slowStart: number | 'original';
  /** `load`: the original's formula; `check`: the weight that its check asks for. */
  readonly follows: 'nothing' | 'load' | 'check' | AgentRules;
}

export type WeightEvent =
  | WeightReading
  /** The server is used again after it was out. */
  | { readonly kind: 'returned' }
  /** The live table had this weight when lvsd came. */
  | { readonly kind: 'adopted'; readonly weight: number }
  | { readonly kind: 'tick' };

export interface WeightState {
  /** What the table is to hold. */
  readonly weight: number;
  readonly changedAtMs: number;
  /** Begin of the slow start; undefined when none is under way. */
  readonly rampSinceMs: number | undefined;
  /** Where load or agent have brought the weight, with fractions, before slow start and drain. */
  readonly level: number;
  readonly levelAtMs: number;
  /** The agent's smoothed share, 0 to 1, and when it spoke last; undefined before it did. */
  readonly share: number | undefined;
  readonly heardAtMs: number;
  readonly drained: 'no' | 'drain' | 'maint' | 'check' | 'adopted';
  /** The weight that its check asked for last; undefined before it did. */
  readonly asked?: number | 'configured' | undefined;
}

interface WeightStep {
  readonly state: WeightState;
  /** A new weight for the table. */
  readonly change?: { readonly before: number; readonly weight: number; readonly reason: string };
}

/** Most that the kernel takes. */
const KERNEL_LIMIT = 65_535;
/** The original's scale: load moves a weight up to so many times the configured one. */
const LOAD_SCALE = 10;
/** The original's rhythm of ramp and load, ms. */
const ORIGINAL_STEP_MS = 20_000;
/** Most that a check can ask for: its exit status less two. */
const CHECK_LIMIT = 253;
/** How long a weight of 0 that was found waits for the check that may have asked for it, ms. */
const CHECK_HOLD_MS = 60_000;
/** A table entry is edited at most so often, ms. */
const CHANGE_WAIT_MS = 1_000;
/** On its way the weight is written in steps of at least this share of the configured one. */
const STEP_SHARE = 0.05;

/** The highest weight that a policy gives. */
export function maximumWeight({ configured, follows }: WeightPolicy): number {
  if (follows === 'check') return Math.max(configured, CHECK_LIMIT);
  return Math.min(KERNEL_LIMIT, follows === 'load' ? configured * LOAD_SCALE : configured);
}

/** A server at its configured weight. */
export function initialWeight({ configured }: WeightPolicy, nowMs: number): WeightState {
  return {
    weight: configured,
    changedAtMs: nowMs - CHANGE_WAIT_MS,
    rampSinceMs: undefined,
    level: configured,
    levelAtMs: nowMs,
    share: undefined,
    heardAtMs: nowMs,
    drained: 'no',
  };
}

function bounded(policy: WeightPolicy, weight: number): number {
  return Math.max(1, Math.min(maximumWeight(policy), weight));
}

function rampFirst(configured: number): number {
  return Math.max(1, Math.trunc(configured / 32));
}

/** What the slow start allows; Infinity when it is over. */
function rampLimit({ configured, slowStart }: WeightPolicy, elapsedMs: number): number {
  const limit =
    slowStart === 'original'
      ? rampFirst(configured) * 2 ** Math.min(32, Math.floor(elapsedMs / ORIGINAL_STEP_MS))
      : slowStart === 0
        ? Infinity
        : (configured * elapsedMs) / slowStart;
  return limit >= configured ? Infinity : Math.max(1, limit);
}

/** How long a ramp takes to a weight: a restarted lvsd goes on where the one before was. */
function rampElapsedMs({ configured, slowStart }: WeightPolicy, weight: number): number {
  if (slowStart === 'original') {
    return Math.max(0, Math.floor(Math.log2(weight / rampFirst(configured)))) * ORIGINAL_STEP_MS;
  }
  return (weight / configured) * slowStart;
}

/** The original's formula, for the load of the last minute; only changes of a quarter of the weight count. */
function followLoad(policy: WeightPolicy, level: number, load: number): number {
  if (!Number.isFinite(load) || load < 0 || load === 1) return level;
  const { configured } = policy;
  const half = configured / 2;
  const wanted = Math.trunc(
    load < 1 ? level + half * Math.cbrt(1 - load) : level - half * Math.cbrt(load - 1),
  );
  const next = load < 1 ? Math.min(maximumWeight(policy), wanted) : Math.max(configured, wanted);
  return Math.abs(next - level) >= configured / 4 ? next : level;
}

/** Where the agent wants the weight; after its silence the configured weight. */
function agentTarget(rules: AgentRules, configured: number, state: WeightState, nowMs: number): number {
  if (state.share === undefined) return configured;
  const silentMs = Math.max(0, nowMs - state.heardAtMs - rules.holdMs);
  const faded = silentMs === 0 ? 0 : rules.fadeMs === 0 ? 1 : Math.min(1, silentMs / rules.fadeMs);
  return (state.share + (1 - state.share) * faded) * configured;
}

/** Moves the level towards what the agent wants, as fast as it may. */
function followAgent(policy: WeightPolicy, state: WeightState, nowMs: number): WeightState {
  if (typeof policy.follows === 'string') return state;
  const { configured, follows } = policy;
  const target = agentTarget(follows, configured, state, nowMs);
  const most = (follows.changePerMinute * configured * Math.max(0, nowMs - state.levelAtMs)) / 60_000;
  const level = state.level + Math.max(-most, Math.min(most, target - state.level));
  return { ...state, level, levelAtMs: nowMs };
}

function takeAgent(
  policy: WeightPolicy,
  state: WeightState,
  { percent, order }: Extract<WeightReading, { kind: 'agent' }>,
  nowMs: number,
): WeightState {
  if (typeof policy.follows === 'string') return state;
  const moved = followAgent(policy, state, nowMs);
  const { smoothing } = policy.follows;
  const share = percent === undefined ? undefined : Math.max(0, Math.min(100, percent)) / 100;
  const smoothed =
    share === undefined || state.share === undefined
      ? share
      : state.share * smoothing + share * (1 - smoothing);
  // Nobody says any more why a server was found drained.
  const otherwise = state.drained === 'adopted' ? 'no' : state.drained;
  return {
    ...moved,
    share: smoothed ?? state.share,
    heardAtMs: nowMs,
    drained: order === undefined ? otherwise : order === 'ready' ? 'no' : order,
  };
}

/** True where somebody else than an operator may want a weight of 0. */
function mayDrain({ follows }: WeightPolicy): boolean {
  return typeof follows !== 'string' || follows === 'check';
}

function levelAsked({ configured }: WeightPolicy, asked: number | 'configured'): number {
  return asked === 'configured' || asked === 0 ? configured : asked;
}

/** The weight that a check asks for; 0 lets the server keep its connections and gives it no new ones. */
function takeCheck(policy: WeightPolicy, state: WeightState, weight: number | 'configured'): WeightState {
  if (policy.follows !== 'check') return state;
  const drained = weight === 0 ? 'check' : 'no';
  return { ...state, asked: weight, level: levelAsked(policy, weight), drained };
}

function adopt(policy: WeightPolicy, state: WeightState, weight: number, nowMs: number): WeightState {
  // Where the table was known late its check has spoken already, and says nothing twice.
  if (state.asked !== undefined) return state;
  if (weight === 0) {
    return mayDrain(policy) ? { ...state, weight: 0, drained: 'adopted', heardAtMs: nowMs } : state;
  }
  if (policy.follows === 'check') {
    const found = bounded(policy, weight);
    return { ...state, level: found, weight: found };
  }
  const live = bounded(policy, weight);
  const { configured, slowStart, follows } = policy;
  const ramps = typeof follows === 'string' && slowStart !== 0 && live < configured;
  const followed = typeof follows === 'string' ? undefined : live / configured;
  return {
    ...state,
    weight: live,
    level: ramps ? configured : follows === 'load' ? Math.max(configured, live) : live,
    share: followed,
    heardAtMs: nowMs,
    rampSinceMs: ramps ? nowMs - rampElapsedMs(policy, live) : undefined,
  };
}

function take(policy: WeightPolicy, state: WeightState, event: WeightEvent, nowMs: number): WeightState {
  switch (event.kind) {
    case 'load':
      if (policy.follows !== 'load' || state.rampSinceMs !== undefined) return state;
      return { ...state, level: followLoad(policy, Math.round(state.level), event.load) };
    case 'agent':
      return takeAgent(policy, state, event, nowMs);
    case 'check':
      return takeCheck(policy, state, event.weight);
    case 'adopted':
      return adopt(policy, state, event.weight, nowMs);
    case 'returned': {
      const level = policy.follows === 'load' ? policy.configured : state.level;
      return { ...state, level, rampSinceMs: policy.slowStart === 0 ? undefined : nowMs };
    }
    case 'tick': {
      const moved = followAgent(policy, state, nowMs);
      const { follows } = policy;
      const holdMs = typeof follows === 'string' ? CHECK_HOLD_MS : follows.holdMs;
      const isForgotten = moved.drained === 'adopted' && nowMs - moved.heardAtMs > holdMs;
      return isForgotten ? { ...moved, drained: 'no' } : moved;
    }
  }
}

interface Wanted {
  readonly weight: number;
  readonly reason: string;
  /** Small steps on the way are not worth an edit. */
  readonly isOnItsWay: boolean;
}

function drainReason({ follows }: WeightPolicy, drained: Exclude<WeightState['drained'], 'no'>): string {
  if (drained === 'check') return 'its check asks for no new connections';
  if (drained !== 'adopted') return `its agent says ${drained}`;
  return `found at weight 0, waiting for its ${follows === 'check' ? 'check' : 'agent'}`;
}

function wantedWeight(policy: WeightPolicy, state: WeightState, nowMs: number): Wanted {
  const { drained, level, rampSinceMs } = state;
  if (drained !== 'no') {
    return { weight: 0, reason: drainReason(policy, drained), isOnItsWay: false };
  }
  const limit = rampSinceMs === undefined ? Infinity : rampLimit(policy, nowMs - rampSinceMs);
  const weight = Math.floor(bounded(policy, Math.min(level + 1e-9, limit)));
  if (limit < level) return { weight, reason: 'slow start', isOnItsWay: policy.slowStart !== 'original' };
  if (policy.follows === 'load') return { weight, reason: 'load', isOnItsWay: false };
  if (policy.follows === 'check') return { weight, reason: 'its check', isOnItsWay: false };
  if (typeof policy.follows === 'string') return { weight, reason: 'end of slow start', isOnItsWay: false };
  const silent = nowMs - state.heardAtMs > policy.follows.holdMs;
  // An agent's word is never quite the same: small changes count only where they end at the whole weight.
  const isOnItsWay = weight !== policy.configured;
  return { weight, reason: silent ? 'its agent is silent' : 'its agent', isOnItsWay };
}

/** One step of a server's weight. */
export function stepWeight(
  policy: WeightPolicy,
  state: WeightState,
  event: WeightEvent,
  nowMs: number,
): WeightStep {
  const taken = take(policy, state, event, nowMs);
  const isOver = taken.rampSinceMs !== undefined && rampLimit(policy, nowMs - taken.rampSinceMs) === Infinity;
  const next = isOver ? { ...taken, rampSinceMs: undefined } : taken;
  if (event.kind === 'returned') {
    // The entry is made anew with this weight: that is no edit.
    const { weight } = wantedWeight(policy, next, nowMs);
    return { state: { ...next, weight, changedAtMs: nowMs } };
  }
  const { weight, reason, isOnItsWay } = wantedWeight(policy, next, nowMs);
  const before = next.weight;
  const isSmall = Math.abs(weight - before) < policy.configured * STEP_SHARE;
  const leavesDrain = before === 0 || weight === 0;
  const waits = nowMs - next.changedAtMs < CHANGE_WAIT_MS || (isOnItsWay && isSmall && !leavesDrain);
  if (weight === before || waits) return { state: next };
  return { state: { ...next, weight, changedAtMs: nowMs }, change: { before, weight, reason } };
}

/** What a check asked for stays, also where only the live table tells of it. */
function levelUnder(before: WeightPolicy, after: WeightPolicy, { asked, level }: WeightState): number {
  if (asked !== undefined) return levelAsked(after, asked);
  return before.follows !== 'check' || level === before.configured ? after.configured : level;
}

/** The state under a changed policy: the same share of another configured weight. */
export function changePolicy(before: WeightPolicy, after: WeightPolicy, state: WeightState): WeightState {
  const factor = after.configured / before.configured;
  const isFollowed = after.follows !== 'nothing';
  const level =
    after.follows === 'check'
      ? levelUnder(before, after, state)
      : isFollowed
        ? bounded(after, state.level * factor)
        : after.configured;
  const drained = typeof after.follows === typeof before.follows && mayDrain(after) ? state.drained : 'no';
  const rampSinceMs = after.slowStart === 0 ? undefined : state.rampSinceMs;
  const weight =
    drained !== 'no'
      ? 0
      : Math.floor(bounded(after, rampSinceMs === undefined ? level : state.weight * factor));
  const asked = after.follows === 'check' ? state.asked : undefined;
  return { ...state, asked, level, drained, rampSinceMs, weight };
}
