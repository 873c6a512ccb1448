import type { WeightReading } from '@piranha/protocol';

/** What one line of a feedback agent says; undefined where it says nothing of it. */
interface AgentAnswer {
  readonly percent: number | undefined;
  readonly order: Extract<WeightReading, { kind: 'agent' }>['order'];
  readonly health: 'up' | 'down' | undefined;
}

/** What one word says; undefined for one that nobody understands. */
type Word = Partial<AgentAnswer> | undefined;

/** A line that is understood, in part at least. */
export interface AgentLine extends AgentAnswer {
  /** The first word that is not, if there is one. */
  readonly unknown?: string;
}

/** Kemp's numbers beyond the load. */
const KEMP_DOWN = 101;
const KEMP_DISABLED = 102;

const WORDS: Readonly<Record<string, Partial<AgentAnswer>>> = {
  up: { health: 'up' },
  down: { health: 'down' },
  fail: { health: 'down' },
  failed: { health: 'down' },
  stopped: { health: 'down' },
  ready: { order: 'ready' },
  drain: { order: 'drain' },
  maint: { order: 'maint' },
};

function numberWord(value: number, meaning: 'idle' | 'load'): Word {
  if (meaning === 'idle') return { percent: Math.min(100, value) };
  if (value === KEMP_DISABLED) return { order: 'maint' };
  if (value === KEMP_DOWN) return { health: 'down' };
  return value > KEMP_DISABLED
    ? undefined
    : { percent: 100 - Math.min(100, value), order: 'ready', health: 'up' };
}

function wordOf(text: string, meaning: 'idle' | 'load'): Word {
  const percent = /^(?:weight:)?([0-9]{1,5}(?:\.[0-9]{1,6})?)%$/i.exec(text)?.[1];
  if (percent !== undefined) return { percent: Math.min(100, Number(percent)) };
  if (/^[0-9]{1,5}(?:\.[0-9]{1,6})?$/.test(text)) return numberWord(Number(text), meaning);
  // A limit of HAProxy's that IPVS has in lvs.cf.
  if (/^maxconn:/i.test(text)) return {};
  const known = text.toLowerCase();
  return Object.hasOwn(WORDS, known) ? WORDS[known] : undefined;
}

/**
 * Reads the first line of an agent's answer: HAProxy's words, parted by blanks, TABs or commas, and `#` before a
 * description; of two words for one thing the last one counts. A plain number means what `meaning` says. As with
 * HAProxy a word that is not understood takes nothing from the others. Undefined when none is understood.
 */
export function readAgentLine(text: string, meaning: 'idle' | 'load'): AgentLine | undefined {
  const [line = ''] = text.split(/[\r\n]/);
  const [said = ''] = line.split('#');
  const words = said.split(/[\s,]+/).filter((word) => word !== '');
  const read = words.map((word) => wordOf(word, meaning));
  if (read.every((word) => word === undefined)) return undefined;
  const none: AgentAnswer = { percent: undefined, order: undefined, health: undefined };
  const answer: AgentAnswer = Object.assign({}, none, ...read);
  const unknown = words.find((_, index) => read[index] === undefined);
  return unknown === undefined ? answer : { ...answer, unknown };
}
