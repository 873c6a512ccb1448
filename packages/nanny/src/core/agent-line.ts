import type { WeightReading } from '@piranha/protocol';

/** What one line of a feedback agent says; undefined where it says nothing of it. */
export interface AgentAnswer {
  readonly percent: number | undefined;
  readonly order: Extract<WeightReading, { kind: 'agent' }>['order'];
  readonly health: 'up' | 'down' | undefined;
}

interface Word extends Partial<AgentAnswer> {
  /** Nothing that anybody understands. */
  readonly unknown?: true;
}

/** Kemp's numbers beyond the load. */
const KEMP_DOWN = 101;
const KEMP_DISABLED = 102;

const WORDS: Readonly<Record<string, Word>> = {
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
    ? { unknown: true }
    : { percent: 100 - Math.min(100, value), order: 'ready', health: 'up' };
}

function wordOf(text: string, meaning: 'idle' | 'load'): Word {
  const percent = /^([0-9]{1,5}(?:\.[0-9]{1,6})?)%$/.exec(text)?.[1];
  if (percent !== undefined) return { percent: Math.min(100, Number(percent)) };
  if (/^[0-9]{1,5}(?:\.[0-9]{1,6})?$/.test(text)) return numberWord(Number(text), meaning);
  // A limit of HAProxy's that IPVS has in lvs.cf.
  if (/^maxconn:[0-9]+$/i.test(text)) return {};
  const known = text.toLowerCase();
  return Object.hasOwn(WORDS, known) ? (WORDS[known] ?? {}) : { unknown: true };
}

/**
 * Reads the first line of an agent's answer: HAProxy's words, parted by blanks, TABs or commas, and `#` before a
 * description; of two words for one thing the last one counts. A plain number means what `meaning` says.
 * Undefined when a word is not understood or none is there: half an answer is none.
 */
export function readAgentLine(text: string, meaning: 'idle' | 'load'): AgentAnswer | undefined {
  const [line = ''] = text.split(/[\r\n]/);
  const [said = ''] = line.split('#');
  const words = said.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length === 0) return undefined;
  let answer: AgentAnswer = { percent: undefined, order: undefined, health: undefined };
  for (const word of words) {
    const { unknown, ...known } = wordOf(word, meaning);
    if (unknown) return undefined;
    answer = { ...answer, ...known };
  }
  return answer;
}
