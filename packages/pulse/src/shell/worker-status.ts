import { monotonicNowMs, SUITE_VERSION } from '@piranha/common';
import type { GroupStatus, PathQuality, PathStatus, PulseStatus, Windows } from '@piranha/protocol';
import { isHolding } from '../core/duties.js';
import type { PulseSettings, PulseState } from '../core/types.js';
import type { PathTimes } from './path-times.js';

/** What the partner says of itself. */
export function partnerOf(
  { hasPartner }: PulseSettings,
  { partnerWord }: PulseState,
): PulseStatus['partner'] {
  return hasPartner ? partnerWordOf({ partnerWord }) : 'none';
}

/** What the partner says of a group's addresses. */
export function partnerWordOf({ partnerWord }: Pick<PulseState, 'partnerWord'>) {
  if (partnerWord === undefined) return 'silent';
  return partnerWord === 'lvs running' ? 'running' : 'stopped';
}

/** For how long the partner has been heard without a break, s; undefined while it is silent. */
export function heardSeconds({ partnerWord, heardSinceMs }: PulseState): number | undefined {
  return partnerWord === undefined ? undefined : (monotonicNowMs() - heardSinceMs) / 1_000;
}

/** The counters of each path, with its silence and quality once a word came that way. */
export function pathStatuses(
  counters: readonly PathStatus[],
  times: Pick<PathTimes, 'of'>,
  qualityOf: (path: PathStatus) => Windows<PathQuality> | undefined,
): readonly PathStatus[] {
  const nowMs = monotonicNowMs();
  return counters.map((path) => {
    const atMs = times.of(path);
    if (atMs === undefined) return path;
    return { ...path, silentMs: Math.round(nowMs - atMs), quality: qualityOf(path) };
  });
}

function reasonText({ reason, failure, heldBack }: PulseState): string {
  const held = heldBack === undefined ? undefined : `partner silent, not taking over: ${heldBack}`;
  return [reason, failure, held].filter((text) => text !== undefined).join('; ');
}

/** What only the worker's shell knows. */
type ShellFacts = Pick<
  PulseStatus,
  | 'groups'
  | 'configFile'
  | 'paths'
  | 'heartbeat'
  | 'witness'
  | 'readiness'
  | 'adaptive'
  | 'sync'
  | 'children'
  | 'history'
  | 'eventCounts'
> & {
  /** What lvs.cf's director blocks add. */
  readonly named: Pick<PulseStatus, 'name' | 'rank' | 'directors'>;
  readonly since: Date;
  /** What the wall clock was ahead of the one that nobody sets when the process started, ms. */
  readonly clockAtStartMs: number;
};

/** The answer to `status`. */
export function pulseStatus(settings: PulseSettings, state: PulseState, facts: ShellFacts): PulseStatus {
  const {
    groups,
    configFile,
    paths,
    heartbeat,
    witness,
    readiness,
    adaptive,
    sync,
    children,
    history,
    eventCounts,
    since,
    clockAtStartMs,
    named,
  } = facts;
  return {
    version: SUITE_VERSION,
    pid: process.pid,
    role: settings.role,
    ...named,
    ...faceOf(state, since, groups),
    configFile,
    keepaliveMs: settings.keepaliveMs,
    deadtimeMs: settings.deadtimeMs,
    ...(adaptive === undefined ? {} : { adaptive }),
    clockStepMs: Math.round(Date.now() - monotonicNowMs() - clockAtStartMs),
    readiness,
    ...(state.maintenance === undefined ? {} : { maintenance: state.maintenance }),
    partner: partnerOf(settings, state),
    paths,
    heartbeat,
    vips: heldVips(settings, state, groups),
    ...(groups === undefined ? {} : { groups }),
    ...(witness === undefined ? {} : { witness }),
    ...(sync === undefined ? {} : { sync }),
    children,
    history,
    ...(eventCounts === undefined ? {} : { eventCounts }),
  };
}

const HOLDING = ['taking', 'active', 'releasing', 'listening'];

type Face = Pick<PulseStatus, 'active' | 'state' | 'reason' | 'since'>;

/** What a node shows of itself: with groups, that of one which it serves, or else of the first. */
function faceOf(state: PulseState, since: Date, groups: readonly GroupStatus[] | undefined): Face {
  const group = groups?.find(({ active }) => active) ?? groups?.[0];
  if (group !== undefined) {
    return {
      active: group.active,
      state: group.state,
      reason: reasonText({ ...state, reason: group.reason }),
      since: group.since,
    };
  }
  return {
    active: state.duty === 'active' || state.duty === 'releasing',
    state: state.listening ? 'listening' : state.duty,
    reason: reasonText(state),
    since: since.toISOString(),
  };
}

function heldVips(
  settings: PulseSettings,
  state: PulseState,
  groups: readonly GroupStatus[] | undefined,
): readonly string[] {
  if (groups === undefined) return isHolding(state) ? settings.vips : [];
  return groups.filter((group) => HOLDING.includes(group.state)).flatMap(({ vips }) => vips);
}
