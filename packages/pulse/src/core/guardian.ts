import type { EventFields, EventId } from '@piranha/events/catalogue';
import type { HeartbeatWord, PulseAlive } from '@piranha/protocol';

/**
 * The guardian's decisions: beat for a pulse that is silent, kill one that hangs, start it again, and hand over to
 * the partner only after repeated failure or when the partner serves already. Times are monotonic ms.
 */

const SHORTEST_SILENCE_MS = 150;
/** The group of all addresses that are in no other. */
const MAIN = 'main';
/** How often a guardian looks, ms: fine enough for beats of 0.1 s and cheap enough for ever. */
export const GUARDIAN_TICK_MS = 50;

/** How long a pulse may be silent, ms. */
export interface GuardianLimits {
  /** A longer silence makes the guardian beat for it. */
  readonly silenceMs: number;
  /** One that reported once and is silent longer hangs. */
  readonly hangMs: number;
  /** One that was started must report within this; slow machines start Node slowly. */
  readonly startMs: number;
}

/** On a machine of usual speed. A pulse that reported nothing for `silenceMs` is silent, whatever the deadtime. */
export const GUARDIAN_LIMITS = {
  silenceMs: 400,
  hangMs: 1_000,
  startMs: 15_000,
} as const satisfies GuardianLimits;

/** Waits before restarts number 1, 2, 3…, ms. */
const RESTART_DELAYS_MS = [0, 200, 500, 1_000, 2_000, 5_000] as const;
/** After this many failures in a row the node hands over. */
const GIVE_UP_AFTER = 5;
/** A pulse that lived this long is steady: failures count from zero again, ms. */
const STEADY_AFTER_MS = 30_000;

type GuardianPhase = 'adopting' | 'starting' | 'watching' | 'waiting' | 'stopping';

export interface GuardianState {
  readonly limits: GuardianLimits;
  readonly phase: GuardianPhase;
  /** What pulse reported last; undefined before the first report ever. */
  readonly plan: PulseAlive | undefined;
  readonly lastSignMs: number;
  readonly startedAtMs: number;
  readonly failures: number;
  /** When waiting ends. */
  readonly restartAtMs: number;
  readonly standingIn: boolean;
  readonly nextBeatMs: number;
  /** True once this node has handed over because pulse would not run. */
  readonly gaveUp: boolean;
  readonly released: boolean;
  /** Of several groups of addresses, those that were put down in pulse's stead. */
  readonly releasedGroups: readonly string[];
  /** When it woke from a sleep in which the partner may have taken over; -Infinity when that is long over. */
  readonly wokeAtMs: number;
}

/** What is said of one of several groups of addresses. */
export interface GroupWord {
  readonly name: string;
  readonly word: HeartbeatWord;
}

export type GuardianEvent =
  | { readonly type: 'report'; readonly plan: PulseAlive }
  | { readonly type: 'exited' }
  | { readonly type: 'tick'; readonly lateMs: number }
  /** A word of the partner, heard while pulse is down. */
  | {
      readonly type: 'heard';
      readonly word: HeartbeatWord;
      readonly groups?: readonly GroupWord[] | undefined;
    }
  | { readonly type: 'stop' };

export type GuardianEffect =
  /** Start pulse; `adopt` when it should go on with the role that it had. */
  | { readonly type: 'spawn'; readonly adopt: boolean; readonly held?: readonly string[] | undefined }
  | { readonly type: 'kill' }
  | {
      readonly type: 'beat';
      readonly word: HeartbeatWord;
      readonly groups?: readonly GroupWord[] | undefined;
    }
  /** Listen on the heartbeat ports, for pulse is not there to do it; or leave them to pulse. */
  | { readonly type: 'listen'; readonly on: boolean }
  /** Put the addresses down in pulse's stead; `only` those, where others stay. */
  | { readonly type: 'releaseAddresses'; readonly only?: readonly string[] | undefined }
  | { readonly type: 'log'; readonly event: EventId; readonly fields: EventFields };

export interface GuardianStep {
  readonly state: GuardianState;
  readonly effects: readonly GuardianEffect[];
}

function log(event: EventId, fields: EventFields = {}): GuardianEffect {
  return { type: 'log', event, fields };
}

/** A guardian that starts pulse, or (`adopt`) waits for a running pulse to report. */
export function startGuardian(adopt: boolean, limits: GuardianLimits, nowMs: number): GuardianStep {
  const state: GuardianState = {
    limits,
    phase: adopt ? 'adopting' : 'starting',
    plan: undefined,
    lastSignMs: nowMs,
    startedAtMs: nowMs,
    failures: 0,
    restartAtMs: Infinity,
    standingIn: false,
    nextBeatMs: Infinity,
    gaveUp: false,
    released: false,
    releasedGroups: [],
    wokeAtMs: Number.NEGATIVE_INFINITY,
  };
  return { state, effects: adopt ? [] : [{ type: 'spawn', adopt: false }] };
}

/** Whether this node holds addresses that the partner may have taken while it slept: nothing is said for them. */
function mistrusts({ wokeAtMs }: GuardianState): boolean {
  return wokeAtMs !== Number.NEGATIVE_INFINITY;
}

function spawn(state: GuardianState, nowMs: number): GuardianStep {
  // A pulse that adopts says "running" at once; one that finds addresses listens first.
  const adopt = state.plan?.active === true && !state.released && !mistrusts(state);
  return {
    state: { ...state, phase: 'starting', startedAtMs: nowMs, lastSignMs: nowMs, restartAtMs: Infinity },
    effects: [
      { type: 'listen', on: false },
      { type: 'spawn', adopt, ...heldGroups(state) },
    ],
  };
}

/** The groups that pulse had and that nobody put down since; nothing where all addresses move together. */
function heldGroups({ plan, releasedGroups }: GuardianState): { readonly held?: readonly string[] } {
  if (plan?.groups === undefined) return {};
  const held = plan.groups.filter(({ name, active }) => active && !releasedGroups.includes(name));
  return { held: held.map(({ name }) => name) };
}

function onReport(state: GuardianState, plan: PulseAlive, nowMs: number): GuardianStep {
  const next: GuardianState = {
    ...state,
    phase: state.phase === 'stopping' ? 'stopping' : 'watching',
    plan,
    lastSignMs: nowMs,
    standingIn: false,
    gaveUp: false,
    released: false,
    releasedGroups: [],
    // A report that was on its way before the sleep proves nothing.
    wokeAtMs: nowMs - state.wokeAtMs > state.limits.silenceMs ? Number.NEGATIVE_INFINITY : state.wokeAtMs,
    failures: nowMs - state.startedAtMs >= STEADY_AFTER_MS ? 0 : state.failures,
  };
  return { state: next, effects: state.standingIn ? [log('PULSE_GUARDIAN_BACK')] : [] };
}

/** Whether addresses may be held here: of a pulse that never reported nothing is known. */
function mayHold({ plan, released }: GuardianState): boolean {
  return plan?.active !== false && !released;
}

/** pulse ended during the stop: what it may have left is put down, and the partner learns of it. */
function onStopped(state: GuardianState): GuardianStep {
  if (!mayHold(state)) return { state, effects: [] };
  return {
    state: { ...state, released: true, standingIn: false },
    effects: [
      log('PULSE_GUARDIAN_RELEASED'),
      { type: 'releaseAddresses' },
      { type: 'beat', word: 'lvs stopped', ...groupWords({ ...state, released: true }) },
    ],
  };
}

function onExited(state: GuardianState, nowMs: number): GuardianStep {
  if (state.phase === 'stopping') return onStopped(state);
  if (state.phase === 'waiting') return { state, effects: [] };
  const failures = state.failures + 1;
  const last = RESTART_DELAYS_MS[RESTART_DELAYS_MS.length - 1] ?? 0;
  const delayMs = RESTART_DELAYS_MS[failures - 1] ?? last;
  const givesUp = failures >= GIVE_UP_AFTER && !state.gaveUp && state.plan !== undefined;
  const effects: GuardianEffect[] = [log('PULSE_GUARDIAN_RESTARTS', { delayMs, failures })];
  if (givesUp) effects.push(log('PULSE_GUARDIAN_GIVES_UP', { failures }));
  effects.push({ type: 'listen', on: delayMs > 0 });
  const next: GuardianState = {
    ...state,
    phase: 'waiting',
    failures,
    restartAtMs: nowMs + delayMs,
    gaveUp: state.gaveUp || givesUp,
  };
  const beating = standIn(next, nowMs);
  const due = delayMs === 0 ? spawn(beating.state, nowMs) : { state: beating.state, effects: [] };
  return { state: due.state, effects: [...effects, ...beating.effects, ...due.effects] };
}

/** Begins to beat in pulse's stead, at once, for pulse's own last beat may be a keepalive old. */
function standIn(state: GuardianState, nowMs: number): GuardianStep {
  if (state.standingIn || mistrusts(state)) return { state, effects: [] };
  if (state.plan === undefined || state.plan.paths.length === 0) return { state, effects: [] };
  const silentMs = Math.round(nowMs - state.lastSignMs);
  return {
    state: { ...state, standingIn: true, nextBeatMs: nowMs },
    effects: [log('PULSE_GUARDIAN_STANDS_IN', { silentMs, word: state.plan.word })],
  };
}

function beat(state: GuardianState, nowMs: number): GuardianStep {
  if (!state.standingIn || state.plan === undefined || nowMs < state.nextBeatMs)
    return { state, effects: [] };
  const silent = state.gaveUp || state.released || state.releasedGroups.includes(MAIN);
  const word = silent ? 'lvs stopped' : state.plan.word;
  return {
    state: { ...state, nextBeatMs: nowMs + state.plan.keepaliveMs },
    effects: [{ type: 'beat', word, ...groupWords(state) }],
  };
}

/** What is said of the groups beside the main one; nothing where there are none. */
function groupWords({ plan, gaveUp, released, releasedGroups }: GuardianState): {
  readonly groups?: readonly GroupWord[];
} {
  if (plan?.groups === undefined) return {};
  const named = plan.groups.filter(({ name }) => name !== MAIN);
  const isLeft = (name: string): boolean => gaveUp || released || releasedGroups.includes(name);
  return { groups: named.map(({ name, word }) => ({ name, word: isLeft(name) ? 'lvs stopped' : word })) };
}

/**
 * How long a silent pulse is waited for: the partner must not miss us meanwhile, and pulse's own reports, a tenth of a
 * second apart, must not be missed for one late timer.
 */
function silenceLimitMs({ plan, limits }: GuardianState): number {
  return standInAfterMs(plan?.deadtimeMs ?? Infinity, limits.silenceMs);
}

/** How long a guardian waits until it beats for a pulse that hangs, ms, with this deadtime. */
export function standInAfterMs(deadtimeMs: number, longestMs: number = GUARDIAN_LIMITS.silenceMs): number {
  return Math.min(longestMs, Math.max(deadtimeMs / 2, SHORTEST_SILENCE_MS));
}

function watch(state: GuardianState, nowMs: number): GuardianStep {
  const silentMs = nowMs - state.lastSignMs;
  if (state.phase === 'waiting') {
    return nowMs < state.restartAtMs ? { state, effects: [] } : spawn(state, nowMs);
  }
  // In its stop only a pulse that still holds addresses is waited for.
  if (state.phase === 'stopping' && !mayHold(state)) return { state, effects: [] };
  const limitMs = state.phase === 'starting' ? state.limits.startMs : state.limits.hangMs;
  const beating = silentMs > silenceLimitMs(state) ? standIn(state, nowMs) : { state, effects: [] };
  if (silentMs <= limitMs) return beating;
  // The exit follows; until then the clock starts anew instead of a kill a tick.
  return {
    state: { ...beating.state, lastSignMs: nowMs },
    effects: [
      ...beating.effects,
      log('PULSE_GUARDIAN_KILLS', { silentMs: Math.round(silentMs) }),
      { type: 'kill' },
    ],
  };
}

function onTick(state: GuardianState, lateMs: number, nowMs: number): GuardianStep {
  // A guardian that slept itself gives pulse the time back.
  const slept = lateMs > (state.plan?.deadtimeMs ?? Infinity) && state.plan?.active === true;
  const fair: GuardianState = {
    ...state,
    lastSignMs: Math.min(nowMs, state.lastSignMs + lateMs),
    ...(slept ? { wokeAtMs: nowMs, standingIn: false } : {}),
  };
  const watched = watch(fair, nowMs);
  const beaten = beat(watched.state, nowMs);
  return { state: beaten.state, effects: [...watched.effects, ...beaten.effects] };
}

function onHeard(state: GuardianState, word: HeartbeatWord, groups: readonly GroupWord[]): GuardianStep {
  const holds = state.plan?.active === true && !state.released;
  if (!holds || state.phase === 'watching') return { state, effects: [] };
  if (state.plan?.groups !== undefined) return onGroupsHeard(state, state.plan.groups, groups);
  if (word !== 'lvs running') return { state, effects: [] };
  return {
    state: { ...state, released: true },
    effects: [log('PULSE_GUARDIAN_RELEASED'), { type: 'releaseAddresses' }],
  };
}

/** The partner serves some groups: what this node has of them is put down, and no more. */
function onGroupsHeard(
  state: GuardianState,
  own: NonNullable<PulseAlive['groups']>,
  heard: readonly GroupWord[],
): GuardianStep {
  const running = heard.filter(({ word }) => word === 'lvs running').map(({ name }) => name);
  const held = own.filter(({ name, active }) => active && !state.releasedGroups.includes(name));
  const lost = held.filter(({ name }) => running.includes(name));
  if (lost.length === 0) return { state, effects: [] };
  const releasedGroups = [...state.releasedGroups, ...lost.map(({ name }) => name)];
  const lines = lost.map(({ name }) => log('PULSE_GUARDIAN_RELEASED', { group: name }));
  return {
    state: { ...state, releasedGroups, released: lost.length === held.length },
    effects: [...lines, { type: 'releaseAddresses', only: lost.flatMap(({ vips }) => vips) }],
  };
}

/** One step of the guardian. `nowMs` is monotonic. */
export function stepGuardian(state: GuardianState, event: GuardianEvent, nowMs: number): GuardianStep {
  switch (event.type) {
    case 'report':
      return onReport(state, event.plan, nowMs);
    case 'exited':
      return onExited(state, nowMs);
    case 'tick':
      return onTick(state, event.lateMs, nowMs);
    case 'heard':
      return onHeard(state, event.word, event.groups ?? []);
    case 'stop':
      return { state: { ...state, phase: 'stopping' }, effects: [] };
  }
}
