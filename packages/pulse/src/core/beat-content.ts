import type { HeartbeatWord, NodeRole } from '@piranha/protocol';
import type { Beat, GroupDuty } from '@piranha/protocol/beat';
import type { BeatContent } from './beat-voice.js';
import { groupsOf } from './beat-words.js';
import type { NodeView } from './readiness.js';
import type { PulseSettings, PulseState } from './types.js';

/** lvs.cf names no priorities: the primary is preferred. */
const PRIORITIES: Readonly<Record<NodeRole, number>> = { primary: 200, backup: 100 };
/** Of several directors each tells so much less than the one before it. */
const PRIORITY_STEP = 25;

/** The rank that a beat of one of several directors tells. */
export function rankOfPriority(priority: number): number {
  return Math.max(0, Math.round((PRIORITIES.primary - priority) / PRIORITY_STEP));
}

function priorityOf({ role, self }: PulseSettings): number {
  return self === undefined ? PRIORITIES[role] : PRIORITIES.primary - PRIORITY_STEP * self.rank;
}

/** serial_no as a beat can carry it: tools write numbers of any size there. */
export function beatSerial(serialNumber: number): number {
  return ((serialNumber % 2 ** 32) + 2 ** 32) % 2 ** 32;
}

/** What a beat of this state says; without a word it only opens a session. @param named the groups beside the main one */
export function beatContent(
  settings: PulseSettings,
  state: PulseState,
  word: HeartbeatWord | undefined,
  configuration: Beat['configuration'],
  { readiness, failure }: NodeView,
  named: readonly GroupDuty[] = [],
): BeatContent {
  const { reason, duty, others } = state;
  return {
    keepaliveMs: settings.keepaliveMs,
    deadtimeMs: settings.deadtimeMs,
    priority: priorityOf(settings),
    groups: groupsOf(word, duty, named, others?.heir),
    readiness,
    ...(failure === undefined ? {} : { failure }),
    configuration,
    reason,
  };
}
