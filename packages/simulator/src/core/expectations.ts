import { GUARDIAN_LIMITS, YOUNG_DEADTIME_MS } from '@piranha/pulse/machines';
import { type Bounds, CLOCK_SHARE } from './bounds.js';
import type { Fault } from './faults.js';
import type { GroupOfNode } from './group-of-node.js';
import type { PerNode } from './names.js';
import type { Expectation } from './watch.js';
import { DURATIONS } from './world.js';

/** Until a report is missed, and the kill and the next report are seen, ms. */
const REPLACED_SLACK_MS = 400;
/** Timers that are late, and packets under way, ms. */
const PAUSE_SLACK_MS = 10;

const UNNOTICED = {
  killPulse: 'a daemon that dies is replaced unnoticed',
  killGuardian: 'a daemon that dies is replaced unnoticed',
  freezeGuardian: 'a guardian that stands still is not noticed',
  slowProcess: 'a process that gets too little of a processor is not missed',
} as const;

/** A group of addresses on all nodes. */
export interface GroupStage {
  readonly group: string;
  readonly nodes: PerNode<GroupOfNode>;
  /** Whether there are other groups. */
  readonly isOneOfMany: boolean;
}

/** What must come of a fault that hits a calm pair; undefined where only the general promises count. */
export function expectationOf(
  { group, nodes, isOneOfMany }: GroupStage,
  fault: Fault,
  atMs: number,
  bounds: Bounds,
): Expectation | undefined {
  const active = Object.values(nodes).find(({ state }) => state?.duty === 'active');
  if (active === undefined) return undefined;
  const standby = nodes[active.partner] ?? active;
  const others = active.others.flatMap((name) => nodes[name] ?? []);
  const takeovers = others.reduce((sum, one) => sum + one.takeovers, active.takeovers);
  if (fault.kind === 'cut') return afterCut(fault, atMs, active, takeovers, bounds);
  if (fault.kind === 'noise' || fault.kind === 'part') return undefined;
  const hitsActive = nodes[fault.node] === active;
  const { keepaliveMs, deadtimeMs, leaveLimitMs = 0 } = active.settings;
  const moveMs = 2 * keepaliveMs + 2 * (DURATIONS.takeMs + DURATIONS.dropMs) + leaveLimitMs * CLOCK_SHARE;
  switch (fault.kind) {
    case 'reload': {
      const promise = 'a reload is no failover';
      const untilMs = atMs + fault.durationMs + bounds.settleMs;
      return { promise, untilMs, served: true, holder: active, unmoved: takeovers };
    }
    case 'crash': {
      // A death moves what the dead one had, and nothing else.
      if (isOneOfMany && !hitsActive) return leftAlone(atMs + bounds.nobodyMs, active, standby);
      // One that boots again at once may be noticed as that.
      if (!hitsActive || others.length < 2 || fault.durationMs < bounds.nobodyMs) return undefined;
      const promise = 'the next in rank takes over from a dead director, and nobody else does';
      const untilMs = atMs + bounds.nobodyMs;
      return { promise, untilMs, served: false, holder: standby, unmoved: takeovers + 1 };
    }
    case 'stop':
    case 'maintenance':
    case 'handover': {
      if (isOfOther(fault, group)) return leftAlone(atMs + moveMs, active, standby);
      if (!hitsActive && fault.kind === 'handover') return undefined;
      const named = fault.kind === 'handover' && fault.to !== undefined ? nodes[fault.to] : undefined;
      if (named === active) return undefined;
      const promise = 'a voluntary move is answered, and never without a holder';
      return {
        promise,
        untilMs: atMs + moveMs,
        served: true,
        holder: hitsActive ? (named ?? standby) : active,
      };
    }
    case 'killPulse':
    case 'killGuardian':
    case 'freezeGuardian':
    case 'slowProcess': {
      if (fault.kind === 'slowProcess' && hitsActive && isMissed(fault, active)) return undefined;
      const lastedMs = 'durationMs' in fault ? fault.durationMs : 0;
      const untilMs = atMs + lastedMs + bounds.replacedMs;
      return { promise: UNNOTICED[fault.kind], untilMs, served: true, holder: active, unmoved: takeovers };
    }
    case 'freezePulse': {
      const node = nodes[fault.node] ?? active;
      const replacedMs = GUARDIAN_LIMITS.hangMs + node.node.durations.startMs + REPLACED_SLACK_MS;
      if (fault.durationMs <= replacedMs) return undefined;
      const promise = 'a pulse that hangs is replaced unnoticed';
      return { promise, untilMs: atMs + replacedMs, served: true, holder: active, runs: node };
    }
    case 'pause': {
      const silentMs = active.node.wordAgeMs + fault.durationMs;
      const believedMs = Math.max(deadtimeMs, YOUNG_DEADTIME_MS) * CLOCK_SHARE;
      if (!hitsActive || silentMs < believedMs + DURATIONS.takeMs + PAUSE_SLACK_MS) return undefined;
      const promise = 'a node that slept leaves the addresses to who took them';
      const untilMs = atMs + fault.durationMs + bounds.oneWayMs;
      return { promise, untilMs, served: false, holder: standby };
    }
    default:
      return undefined;
  }
}

/** One direction is silent: whoever does not hear takes over, and who is asked lets go. */
function afterCut(
  fault: Extract<Fault, { kind: 'cut' }>,
  atMs: number,
  active: GroupOfNode,
  takeovers: number,
  { oneWayMs }: Bounds,
): Expectation | undefined {
  const untilMs = atMs + oneWayMs;
  if (fault.to !== undefined) {
    const promise = 'a cut between two directors that a third one hears moves nothing';
    return { promise, untilMs, served: true, holder: active, unmoved: takeovers };
  }
  if (fault.both || fault.paths.length < 2) return undefined;
  if (fault.durationMs < oneWayMs) return undefined;
  const promise = 'one holder is left when one direction is silent';
  const holder = fault.from === active.role ? undefined : active;
  return { promise, untilMs, served: true, holder };
}

/** Whether a slow process may be silent for the deadtime. */
function isMissed({ process, stallMs }: Extract<Fault, { kind: 'slowProcess' }>, { settings }: GroupOfNode) {
  // A word that was due as the process stopped goes out when it runs again.
  const silentMs = (stallMs + settings.keepaliveMs + PAUSE_SLACK_MS) * CLOCK_SHARE;
  return process === 'pulse' && silentMs >= settings.deadtimeMs;
}

/** Whether an order is about another group than this one. */
function isOfOther(fault: Fault, group: string): boolean {
  return fault.kind === 'handover' && fault.group !== undefined && fault.group !== group;
}

/** What moves one group does nothing to the others. */
function leftAlone(untilMs: number, active: GroupOfNode, standby: GroupOfNode): Expectation {
  const promise = 'what moves one group leaves the others alone';
  return { promise, untilMs, served: true, holder: active, unmoved: active.takeovers + standby.takeovers };
}
