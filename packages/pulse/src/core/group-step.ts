import { MAIN_GROUP } from '@piranha/config';
import type { EventId } from '@piranha/events/catalogue';
import { wordOf } from './moves.js';
import type { MaintenanceOrder, PulseEffect, PulseState, PulseStep } from './types.js';

/** Each group's state, by name, main first. */
export type GroupStates = ReadonlyMap<string, PulseState>;

/** Something to be done for a group. */
export interface GroupEffect {
  readonly group: string;
  readonly effect: PulseEffect;
}

/** One step of all groups. */
export interface GroupsStep {
  readonly states: GroupStates;
  readonly effects: readonly GroupEffect[];
}

/** What concerns the node, whatever its groups do: told once, and of no group. */
const OF_THE_NODE: ReadonlySet<EventId> = new Set<EventId>([
  'PULSE_START_PRIMARY',
  'PULSE_START_BACKUP',
  'PULSE_FORCED_ACTIVE',
  'PULSE_NO_PARTNER',
  'PULSE_ADOPT_LISTENING',
  'PULSE_PARTNER_SEEN',
  'PULSE_PARTNER_LOST',
  'PULSE_SLEPT',
  'PULSE_AWAKE',
  'PULSE_STOP',
  'PULSE_LOCAL_FAILURE',
  'PULSE_LOCAL_RECOVERED',
  'PULSE_MAINTENANCE_ON',
  'PULSE_MAINTENANCE_OFF',
  'PULSE_MAINTENANCE_KEPT',
]);

/** Whether a process says nothing in turn: what one group found held, or slept over, concerns what is said of all. */
export function isListening(states: GroupStates): boolean {
  return [...states.values()].some(({ listening }) => listening);
}

/** The order of maintenance standby, where it is in force for all groups. */
export function orderInForce(states: GroupStates): MaintenanceOrder | undefined {
  const orders = [...states.values()].map(({ maintenance }) => maintenance);
  return orders.includes(undefined) ? undefined : orders[0];
}

/**
 * Joins the steps that the groups made in one moment: one beat tells of all of them, the node ends when the last has
 * ended, and what concerns the node is told once. A single group's step stays as it is.
 * @param keepaliveMs when the next beat is due after this one
 */
export function joinSteps(
  steps: ReadonlyMap<string, PulseStep>,
  keepaliveMs: number,
  nowMs: number,
): GroupsStep {
  const effects = [...steps].flatMap(([group, step]) => step.effects.map((effect) => ({ group, effect })));
  const states = new Map([...steps].map(([group, { state }]) => [group, state]));
  if (states.size === 1) return { states, effects };
  const isSilent = isListening(states);
  const said = effects.some(({ effect }) => effect.type === 'send') && !isSilent;
  const isOut = orderInForce(states) !== undefined;
  const kept = onceEach(
    effects.filter(({ effect }) => staysBefore(effect, isSilent) && (isOut || !tellsOfOrder(effect))),
  );
  const ends = effects.some(({ effect }) => effect.type === 'exit') && allEnded(states);
  return {
    states: said ? sentAt(states, nowMs + keepaliveMs) : states,
    effects: [...kept, ...(said ? [mainWord(states)] : []), ...(ends ? [EXIT] : [])],
  };
}

const EXIT: GroupEffect = { group: MAIN_GROUP, effect: { type: 'exit' } };

/** A word of a group that asks the partner for something is one of its own; all others are said by one beat. */
function staysBefore(effect: PulseEffect, isSilent: boolean): boolean {
  if (effect.type === 'send') return effect.word === 'fos go inactive' && !isSilent;
  return effect.type !== 'exit';
}

/** That the order of maintenance standby is in force is told once it is so for every group. */
function tellsOfOrder(effect: PulseEffect): boolean {
  return effect.type === 'log' && effect.event === 'PULSE_MAINTENANCE_ON';
}

function onceEach(effects: readonly GroupEffect[]): readonly GroupEffect[] {
  const seen = new Set<string>();
  return effects.filter(({ effect }) => {
    const key = effect.type === 'log' && OF_THE_NODE.has(effect.event) ? effect.event : undefined;
    const once = effect.type === 'diedEarly' ? effect.type : key;
    if (once === undefined) return true;
    const isNew = !seen.has(once);
    seen.add(once);
    return isNew;
  });
}

function mainWord(states: GroupStates): GroupEffect {
  const main = states.get(MAIN_GROUP);
  return { group: MAIN_GROUP, effect: { type: 'send', word: main ? wordOf(main) : 'lvs stopped' } };
}

function allEnded(states: GroupStates): boolean {
  return [...states.values()].every(({ duty }) => duty === 'ended');
}

function sentAt(states: GroupStates, nextSendMs: number): GroupStates {
  return new Map([...states].map(([group, state]) => [group, { ...state, nextSendMs }]));
}

/** The fields of a group's log line: with its name, where there are others and the line is about it. */
export function groupFields(
  { event, fields }: Extract<PulseEffect, { type: 'log' }>,
  group: string,
  isGrouped: boolean,
): Extract<PulseEffect, { type: 'log' }>['fields'] {
  return isGrouped && !OF_THE_NODE.has(event) ? { ...fields, group } : fields;
}

/** Whether a line is about a group and not about the node. */
export function isOfGroup({ event }: Extract<PulseEffect, { type: 'log' }>): boolean {
  return !OF_THE_NODE.has(event);
}
