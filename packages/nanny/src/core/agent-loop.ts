import type { WeightReading } from '@piranha/protocol';
import type { CheckComplaint } from '../check.js';
import { readAgentLine } from './agent-line.js';

/** What follows from the answers of a feedback agent. Pure; times are monotonic ms. */

export interface AgentPolicy {
  readonly number: 'idle' | 'load';
  /** A `down` of an agent that is silent counts for so long, ms. */
  readonly holdMs: number;
  /** IP:PORT for log lines. */
  readonly server: string;
}

export interface AgentState {
  /** The kinds of trouble that were logged since it last answered. */
  readonly told: readonly CheckComplaint['event'][];
  /** When it was last told that it answers again; one that comes and goes is told of once a minute. */
  readonly backAtMs: number;
  readonly isDown: boolean;
  readonly heardAtMs: number;
}

export type AgentEvent =
  | { readonly type: 'answered'; readonly text: string }
  | { readonly type: 'silent'; readonly problem: string };

type AgentEffect =
  | { readonly type: 'log'; readonly complaint: CheckComplaint }
  | { readonly type: 'reading'; readonly reading: WeightReading }
  /** For the loop of the checks. */
  | { readonly type: 'down'; readonly reason: string | undefined };

interface AgentStep {
  readonly state: AgentState;
  readonly effects: readonly AgentEffect[];
}

/** Least time between two lines that say that it answers again, or that it has a word that is not understood, ms. */
const BACK_EVERY_MS = 60_000;
/** The line is understood but for a word. */
const WORD_EVENT = 'NANNY_AGENT_WORD';

/** Most of an agent's answer that a log line shows. */
const SHOWN = 60;

/** An agent that was not asked yet. */
export const NEW_AGENT: AgentState = {
  told: [],
  backAtMs: Number.NEGATIVE_INFINITY,
  isDown: false,
  heardAtMs: 0,
};

function shown(text: string): string {
  const [line = ''] = text.split(/[\r\n]/);
  return JSON.stringify(line.slice(0, SHOWN));
}

function log(event: CheckComplaint['event'], fields: CheckComplaint['fields']): AgentEffect {
  return { type: 'log', complaint: { event, fields } };
}

/** Told once, until it answers again. An agent that is long silent is not believed that the server is down. */
function trouble(
  policy: AgentPolicy,
  state: AgentState,
  complaint: CheckComplaint,
  nowMs: number,
): AgentStep {
  const isNews = !state.told.includes(complaint.event);
  const told: AgentEffect[] = isNews ? [{ type: 'log', complaint }] : [];
  const next = isNews ? { ...state, told: [...state.told, complaint.event] } : state;
  if (!state.isDown || nowMs - state.heardAtMs < policy.holdMs) return { state: next, effects: told };
  return {
    state: { ...next, isDown: false },
    effects: [...told, log('NANNY_AGENT_UP', { server: policy.server }), { type: 'down', reason: undefined }],
  };
}

function healthEffects(policy: AgentPolicy, wasDown: boolean, isDown: boolean, text: string): AgentEffect[] {
  if (wasDown === isDown) return [];
  const { server } = policy;
  if (!isDown) return [log('NANNY_AGENT_UP', { server }), { type: 'down', reason: undefined }];
  const reason = `its agent says ${shown(text)}`;
  return [log('NANNY_AGENT_DOWN', { server, text: shown(text) }), { type: 'down', reason }];
}

/** One step of what is believed of an agent. */
export function stepAgent(
  policy: AgentPolicy,
  state: AgentState,
  event: AgentEvent,
  nowMs: number,
): AgentStep {
  const { server } = policy;
  if (event.type === 'silent') {
    const complaint = { event: 'NANNY_AGENT_SILENT', fields: { server, problem: event.problem } } as const;
    return trouble(policy, state, complaint, nowMs);
  }
  const answer = readAgentLine(event.text, policy.number);
  if (answer === undefined) {
    const complaint = { event: 'NANNY_AGENT_BAD', fields: { server, text: shown(event.text) } } as const;
    return trouble(policy, state, complaint, nowMs);
  }
  const { percent, order, health, unknown } = answer;
  const isDown = health === undefined ? state.isDown : health === 'down';
  const wasInTrouble = state.told.some((event) => event !== WORD_EVENT);
  const isMended = wasInTrouble || (state.told.length > 0 && unknown === undefined);
  const isOver = isMended && nowMs - state.backAtMs >= BACK_EVERY_MS;
  const kept = isOver ? [] : state.told;
  const isNewWord = unknown !== undefined && !state.told.includes(WORD_EVENT);
  const word: AgentEffect[] = isNewWord ? [log(WORD_EVENT, { server, word: shown(unknown) })] : [];
  return {
    state: {
      told: unknown === undefined || kept.includes(WORD_EVENT) ? kept : [...kept, WORD_EVENT],
      backAtMs: isOver ? nowMs : state.backAtMs,
      isDown,
      heardAtMs: nowMs,
    },
    effects: [
      ...(isOver && wasInTrouble ? [log('NANNY_AGENT_BACK', { server })] : []),
      ...word,
      { type: 'reading', reading: { kind: 'agent', percent, order } },
      ...healthEffects(policy, state.isDown, isDown, event.text),
    ],
  };
}
