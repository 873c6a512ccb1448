import type { FirewallChain, FirewallRule } from './firewall.js';
import { elementsOf, readNftRule, type Sets } from './read-nft-rule.js';

/** Lines that are read at most. */
const MOST_LINES = 20_000;

interface OpenChain extends FirewallChain {
  readonly rules: FirewallRule[];
}

/** Reads the output of `nft list ruleset`. */
export function readNftRuleset(text: string): readonly FirewallChain[] {
  const lines = joinElements(text.split('\n', MOST_LINES).map((one) => one.trim()));
  const sets = readSets(lines);
  const chains: OpenChain[] = [];
  let table = '';
  let isChain = false;
  for (const line of lines) {
    const [, kind, name] = /^(table|chain|set|map|flowtable|ct \w+) (.+) \{/.exec(line) ?? [];
    if (kind === 'table') table = name ?? '';
    if (kind !== undefined) isChain = kind === 'chain';
    if (kind === 'chain') {
      chains.push({ table, name: name ?? '', hook: undefined, policy: 'accept', rules: [] });
    }
    if (kind !== undefined || !isChain || /^(?:\}|#|$|comment )/.test(line)) continue;
    const last = chains.pop();
    if (last !== undefined) chains.push(withLine(last, line, sets));
  }
  return chains;
}

function withLine(chain: OpenChain, line: string, sets: Sets): OpenChain {
  const [, hook] = /^type \S+ hook (\S+) /.exec(line) ?? [];
  if (hook !== undefined) {
    return { ...chain, hook: hook.toUpperCase(), policy: line.includes('policy drop') ? 'drop' : 'accept' };
  }
  chain.rules.push(readNftRule(chain.table, line, sets));
  return chain;
}

/** Elements go over many lines. */
function joinElements(lines: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const line of lines) {
    const last = joined.at(-1);
    if (last?.startsWith('elements = {') && !last.includes('}'))
      joined[joined.length - 1] = `${last} ${line}`;
    else joined.push(line);
  }
  return joined;
}

function readSets(lines: readonly string[]): Sets {
  const sets = new Map<string, readonly string[]>();
  let table = '';
  let name = '';
  for (const line of lines) {
    table = /^table (.+) \{/.exec(line)?.[1] ?? table;
    name = /^(?:set|map) (\S+) \{/.exec(line)?.[1] ?? name;
    const [, elements] = /^elements = \{(.*)\}/.exec(line) ?? [];
    if (elements !== undefined) sets.set(`${table} ${name}`, elementsOf(elements));
  }
  return sets;
}
