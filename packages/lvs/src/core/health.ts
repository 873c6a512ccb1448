/**
 * What lvsd believes of one real service. Nannies report, adoption presumes, and a nanny that stays away too long
 * takes its server out. Pure: times are monotonic milliseconds.
 */

export type Health = 'up' | 'down' | 'unknown';

export interface HealthState {
  readonly health: Health;
  /** Why, one line, for status. */
  readonly reason: string;
  readonly sinceMs: number;
  /** A nanny has spoken; what was adopted is only presumed. */
  readonly proven: boolean;
  /** When the server was first watched, for the limit on its first verdict. */
  readonly watchedSinceMs: number;
  /** Since when no nanny has given a result though one should have; undefined while all is well. */
  readonly unwatchedSinceMs: number | undefined;
  /** A nanny is connected. */
  readonly nannyPresent: boolean;
}

export type HealthEvent =
  | { readonly type: 'adopted'; readonly health: 'up' | 'down'; readonly reason: string }
  | { readonly type: 'result'; readonly up: boolean; readonly reason: string }
  | { readonly type: 'nannyPresent' }
  | { readonly type: 'nannyGone' }
  | { readonly type: 'tick' };

interface HealthPolicy {
  /** A server without a nanny keeps its state this long, ms. */
  readonly keepWithoutNannyMs: number;
  /** The check's own timeout: what a nanny that is back may need for its first result, ms. */
  readonly timeoutMs: number;
  /** What that result may take beyond it, by a late begin, slow steps and repetitions, ms. */
  readonly firstResultExtraMs?: number;
}

interface HealthStep {
  readonly state: HealthState;
  /** True when the table may look different now. */
  readonly changed: boolean;
}

/** A server that nobody has looked at yet. */
export function initialHealth(nowMs: number): HealthState {
  return {
    health: 'unknown',
    reason: 'waiting for the first check',
    sinceMs: nowMs,
    proven: false,
    watchedSinceMs: nowMs,
    unwatchedSinceMs: undefined,
    nannyPresent: false,
  };
}

function settle(state: HealthState, health: Health, reason: string, nowMs: number): HealthStep {
  const changed = state.health !== health;
  return { state: { ...state, health, reason, sinceMs: changed ? nowMs : state.sinceMs }, changed };
}

function onTick(policy: HealthPolicy, state: HealthState, nowMs: number): HealthStep {
  if (state.unwatchedSinceMs === undefined || state.health === 'down') return { state, changed: false };
  const graceMs = state.nannyPresent ? policy.timeoutMs + (policy.firstResultExtraMs ?? 0) : 0;
  if (nowMs - state.unwatchedSinceMs < policy.keepWithoutNannyMs + graceMs) return { state, changed: false };
  return settle(state, 'down', `no nanny could watch it for ${policy.keepWithoutNannyMs / 1000} s`, nowMs);
}

/** One step of a server's health. */
export function stepHealth(
  policy: HealthPolicy,
  state: HealthState,
  event: HealthEvent,
  nowMs: number,
): HealthStep {
  switch (event.type) {
    case 'adopted':
      return state.health === 'unknown'
        ? settle(state, event.health, event.reason, nowMs)
        : { state, changed: false };
    case 'result': {
      const seen: HealthState = { ...state, proven: true, unwatchedSinceMs: undefined };
      return settle(seen, event.up ? 'up' : 'down', event.reason, nowMs);
    }
    case 'nannyPresent':
      return { state: { ...state, nannyPresent: true }, changed: false };
    case 'nannyGone': {
      const unwatchedSinceMs = state.unwatchedSinceMs ?? nowMs;
      return { state: { ...state, nannyPresent: false, unwatchedSinceMs }, changed: false };
    }
    case 'tick':
      return onTick(policy, state, nowMs);
  }
}

/**
 * True once a server needs no more waiting for: a nanny has spoken, or three timeouts have passed.
 * @param extraMs what its first verdict may take beyond that, by a late begin and repetitions
 */
export function firstVerdictSettled(
  state: HealthState,
  timeoutMs: number,
  nowMs: number,
  extraMs = 0,
): boolean {
  return state.proven || nowMs - state.watchedSinceMs >= 3 * timeoutMs + extraMs;
}
