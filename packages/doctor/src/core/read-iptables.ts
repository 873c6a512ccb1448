import type { FirewallChain, FirewallRule, Verdict } from './firewall.js';
import { type Condition, type PortRange, readPorts } from './firewall-condition.js';

/** Rules that are read at most. */
const MOST_LINES = 20_000;
const TEXT_LIMIT = 160;

const HOOKS = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);

interface OpenChain extends FirewallChain {
  readonly rules: FirewallRule[];
}

/**
 * Reads the output of `iptables-save` or `ip6tables-save`.
 * @param family the word in front of the tables' names
 */
export function readIptablesSave(text: string, family: 'ip' | 'ip6' = 'ip'): readonly FirewallChain[] {
  const chains = new Map<string, OpenChain>();
  let table = '';
  for (const line of text.split('\n', MOST_LINES)) {
    if (line.startsWith('*')) table = `${family} ${line.slice(1).trim()}`;
    const [, declared, policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
    if (declared !== undefined) {
      const hook = HOOKS.has(declared) ? declared : undefined;
      const isDrop = policy === 'DROP';
      chains.set(`${table} ${declared}`, {
        table,
        name: declared,
        hook,
        policy: isDrop ? 'drop' : 'accept',
        rules: [],
      });
    }
    const [, name] = /^-A (\S+)/.exec(line) ?? [];
    if (name !== undefined) chains.get(`${table} ${name}`)?.rules.push(readRule(table, line));
  }
  return [...chains.values()];
}

/** Matches whose options are understood, or that ask for nothing. */
const KNOWN_MATCHES = new Set(['tcp', 'udp', 'sctp', 'multiport', 'conntrack', 'state', 'comment', 'mark']);
/** Targets that end the way of a packet; after the others it goes on. */
const VERDICTS: Readonly<Record<string, Verdict>> = {
  ACCEPT: 'accept',
  DROP: 'drop',
  REJECT: 'drop',
  RETURN: 'return',
  QUEUE: 'unclear',
  NFQUEUE: 'unclear',
};

function readRule(table: string, line: string): FirewallRule {
  const words = line.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  const end = words.findIndex((word) => word === '-j' || word === '-g');
  const target = end < 0 ? undefined : words[end + 1];
  const verdict = VERDICTS[target ?? ''] ?? 'none';
  return {
    text: `${table}: ${line}`.slice(0, TEXT_LIMIT),
    // A target's own options follow it: they ask for nothing.
    conditions: readConditions(words.slice(2, end < 0 ? undefined : end)),
    verdict,
    jump: verdict === 'none' ? target : undefined,
    isGoto: words[end] === '-g',
    setsMarks: marksOf(line),
  };
}

function readConditions(words: readonly string[]): readonly Condition[] {
  const conditions: Condition[] = [];
  let isNot = false;
  for (const [index, word] of words.entries()) {
    if (word === '!') isNot = true;
    if (!/^--?[a-z]/.test(word) || words[index - 1] === '--comment') continue;
    const condition = readCondition(word, words[index + 1] ?? '');
    if (condition !== undefined) conditions.push(isNot ? { ...condition, isNot } : condition);
    isNot = false;
  }
  return conditions;
}

function readCondition(word: string, value: string): Condition | undefined {
  switch (word) {
    case '-p':
      return { kind: 'protocol', values: [value] };
    case '-s':
      return { kind: 'source', values: [value] };
    case '-d':
      return { kind: 'target', values: [value] };
    case '-i':
      return { kind: 'device', values: [value] };
    case '--dport':
    case '--dports':
      return portsOf(value.split(','));
    case '--ctstate':
    case '--state':
      return { kind: 'state', values: value.toLowerCase().split(',') };
    case '-m':
      return KNOWN_MATCHES.has(value) ? undefined : { kind: 'unknown' };
    case '--comment':
      return undefined;
    default:
      return { kind: 'unknown' };
  }
}

/** A condition on the target's port; `unknown` where a word is no number. */
export function portsOf(words: readonly string[]): Condition {
  const ranges = words.map(readPorts);
  const isClear = ranges.every((range): range is PortRange => range !== undefined);
  return isClear ? { kind: 'targetPort', ranges } : { kind: 'unknown' };
}

function marksOf(line: string): readonly number[] {
  const [, mark] = /-j (?:CONN)?MARK .*--set-x?mark (0x[0-9a-fA-F]+|\d+)/.exec(line) ?? [];
  return mark === undefined ? [] : [Number(mark)];
}
