import type { FirewallRule, Verdict } from './firewall.js';
import type { Condition } from './firewall-condition.js';
import { portsOf } from './read-iptables.js';

const TEXT_LIMIT = 160;

/** The elements of the sets and maps of a table, by `table name`. */
export type Sets = ReadonlyMap<string, readonly string[]>;

/** `22, 80-90 timeout 5m, "eth0"` as its values. */
export function elementsOf(text: string): readonly string[] {
  return text.split(',').map((one) => one.trim().replace(/ (?:timeout|expires|counter|comment) .*$/, ''));
}

const VERDICTS: Readonly<Record<string, Verdict>> = {
  accept: 'accept',
  drop: 'drop',
  reject: 'drop',
  return: 'return',
  queue: 'unclear',
};

/** What stands before a value, and what the value is compared with. */
const FIELDS: readonly (readonly [RegExp, Condition['kind']])[] = [
  [/^(?:meta )?iif(?:name)?$/, 'device'],
  [/^ip6? saddr$/, 'source'],
  [/^ip6? daddr$/, 'target'],
  [/^(?:tcp|udp|sctp|th) dport$/, 'targetPort'],
  [/^(?:ip protocol|ip6 nexthdr|meta l4proto)$/, 'protocol'],
  [/^ct state$/, 'state'],
];

/** Statements that neither ask for anything nor end a packet's way, with their own words. */
const SIDE_STATEMENTS =
  /\b(?:counter(?: packets \d+ bytes \d+)?|log(?: (?:prefix "[^"]*"|level \w+|flags \w+|group \d+))*|comment "[^"]*"|(?:meta|ct) mark set .*?(?= (?:accept|drop|reject|return|jump|goto)\b|$))/g;

/** One rule of a table, without its place. */
export function readNftRule(table: string, line: string, sets: Sets): FirewallRule {
  const words = line.replaceAll(SIDE_STATEMENTS, ' ').match(/"[^"]*"|\{[^}]*\}|\S+/g) ?? [];
  const conditions: Condition[] = [];
  let verdict: Verdict = 'none';
  let jump: string | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === 'jump' || word === 'goto') {
      jump = words[index + 1];
      break;
    }
    if (word in VERDICTS) {
      verdict = VERDICTS[word] ?? 'none';
      break;
    }
    // What a verdict map does with a packet is not looked up.
    if (word === 'vmap') verdict = 'unclear';
    const field = fieldAt(words, index);
    conditions.push(
      ...(field === undefined ? [{ kind: 'unknown' as const }] : conditionsOf(field, table, sets)),
    );
    index += (field?.length ?? 1) - 1;
  }
  return {
    text: `${table}: ${line}`.slice(0, TEXT_LIMIT),
    conditions,
    verdict,
    jump,
    isGoto: line.includes('goto '),
    setsMarks: marksOf(table, line, sets),
  };
}

interface Field {
  readonly words: string;
  readonly kind: Condition['kind'];
  readonly isNot: boolean;
  readonly value: string;
  /** Number of words that it takes. */
  readonly length: number;
}

function fieldAt(words: readonly string[], index: number): Field | undefined {
  for (const count of [1, 2]) {
    const text = words.slice(index, index + count).join(' ');
    const kind = FIELDS.find(([pattern]) => pattern.test(text))?.[1];
    if (kind === undefined) continue;
    const isNot = words[index + count] === '!=';
    const length = count + (isNot ? 1 : 0) + 1;
    const value = words[index + length - 1] ?? '';
    // Several fields at once (`ip saddr . tcp dport`) and verdict maps are not understood.
    return value === 'vmap' || value === '.' ? undefined : { words: text, kind, isNot, value, length };
  }
  return undefined;
}

function conditionsOf({ words, kind, isNot, value }: Field, table: string, sets: Sets): readonly Condition[] {
  const protocol = /^(tcp|udp|sctp) /.exec(words)?.[1];
  const implied: readonly Condition[] = protocol ? [{ kind: 'protocol', values: [protocol] }] : [];
  const values = valuesOf(value, table, sets);
  const plain: Condition =
    values === undefined || kind === 'unknown' || (isAddress(kind) && values.some((one) => one.includes('-')))
      ? { kind: 'unknown' }
      : kind === 'targetPort'
        ? portsOf(values)
        : { kind, values };
  return [...implied, { ...plain, isNot }];
}

function isAddress(kind: Condition['kind']): boolean {
  return kind === 'source' || kind === 'target';
}

/** The values of a word: one, several in braces or after commas, or those of a named set. Undefined if it is not there. */
function valuesOf(word: string, table: string, sets: Sets): readonly string[] | undefined {
  if (word.startsWith('@')) return sets.get(`${table} ${word.slice(1)}`);
  return elementsOf(word.replace(/^\{|\}$/g, '')).map((one) => one.replaceAll('"', ''));
}

/** Marks that a rule gives: a number, or the values of a map, in braces or by name. */
function marksOf(table: string, line: string, sets: Sets): readonly number[] {
  const [, value] = /\b(?:meta|ct) mark set (.*)$/.exec(line) ?? [];
  if (value === undefined) return [];
  const [, name] = / map @(\S+)/.exec(value) ?? [];
  const named = name === undefined ? [] : (sets.get(`${table} ${name}`) ?? []);
  const mapped = [value, ...named].join(' ').matchAll(/: (0x[0-9a-fA-F]+|\d+)/g);
  const [, plain] = /^(0x[0-9a-fA-F]+|\d+)/.exec(value) ?? [];
  return [...(plain === undefined ? [] : [plain]), ...[...mapped].map(([, one]) => one)].map(Number);
}
