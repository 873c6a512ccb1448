import { type Condition, matchOf, type Packet } from './firewall-condition.js';

/** Firewalls as chains of rules, whatever tool made them, and what becomes of a packet in them. */

/** What a rule does with a packet that it matches; `unclear` where that cannot be told from its text. */
export type Verdict = 'accept' | 'drop' | 'return' | 'none' | 'unclear';

/** One rule. */
export interface FirewallRule {
  /** As its tool prints it, with its table, shortened. */
  readonly text: string;
  readonly conditions: readonly Condition[];
  readonly verdict: Verdict;
  /** The chain of the same table that it goes on in. */
  readonly jump?: string | undefined;
  /** It does not come back from there. */
  readonly isGoto?: boolean | undefined;
  /** Marks that this rule gives packets or connections. */
  readonly setsMarks: readonly number[];
}

/** A list of rules. */
export interface FirewallChain {
  /** Family and name, such as `ip filter` or `inet firewalld`. */
  readonly table: string;
  readonly name: string;
  /** PREROUTING, INPUT, FORWARD, OUTPUT or POSTROUTING; undefined for a chain that is only jumped to. */
  readonly hook: string | undefined;
  /** What becomes of packets that no rule decides on. */
  readonly policy: 'accept' | 'drop';
  readonly rules: readonly FirewallRule[];
}

/** What becomes of a packet; `by` is the rule that drops it. */
type Fate = { readonly kind: 'accept' | 'none' | 'unclear' } | { readonly kind: 'drop'; readonly by: string };

/** Jumps that are followed one within the other. */
const DEEPEST = 16;

function seesFamily(table: string, family: 4 | 6): boolean {
  return table.startsWith('inet ') || table.startsWith(family === 4 ? 'ip ' : 'ip6 ');
}

/**
 * The rule or policy that surely drops a packet at a hook; undefined where it may pass. A rule that is not understood
 * is taken to let it pass.
 */
export function droppedBy(
  chains: readonly FirewallChain[],
  hook: string,
  packet: Packet,
): string | undefined {
  for (const chain of chains) {
    if (chain.hook !== hook || !seesFamily(chain.table, packet.family)) continue;
    const fate = walk(chains, chain, packet, 0);
    if (fate.kind === 'drop') return fate.by;
    if (fate.kind === 'none' && chain.policy === 'drop') {
      return `${chain.table}: policy of ${chain.name} is drop`;
    }
  }
  return undefined;
}

function walk(chains: readonly FirewallChain[], chain: FirewallChain, packet: Packet, depth: number): Fate {
  for (const rule of chain.rules) {
    const match = matchOf(rule.conditions, packet);
    if (match === 'no') continue;
    const fate = fateIn(chains, chain, rule, packet, depth);
    if (fate.kind === 'none') {
      if (rule.verdict === 'return' || rule.isGoto) return match === 'yes' ? fate : { kind: 'unclear' };
      continue;
    }
    if (match === 'yes') return fate;
    // It may match: then what may be dropped goes on, and what may be accepted is not surely dropped any more.
    if (fate.kind !== 'drop') return { kind: 'unclear' };
  }
  return { kind: 'none' };
}

function fateIn(
  chains: readonly FirewallChain[],
  { table }: FirewallChain,
  { verdict, jump, text }: FirewallRule,
  packet: Packet,
  depth: number,
): Fate {
  if (jump !== undefined) {
    const target = chains.find((one) => one.table === table && one.name === jump);
    if (target === undefined) return { kind: 'none' };
    return depth < DEEPEST ? walk(chains, target, packet, depth + 1) : { kind: 'unclear' };
  }
  if (verdict === 'drop') return { kind: 'drop', by: text };
  return { kind: verdict === 'return' ? 'none' : verdict };
}

/** The mark rules of a table's way in that may see packets for this address. */
export function setsMark(chains: readonly FirewallChain[], mark: number, packet: Packet): boolean {
  return chains.some(({ table, rules }) => {
    if (!seesFamily(table, packet.family)) return false;
    return rules.some(
      ({ setsMarks, conditions }) =>
        setsMarks.includes(mark) && matchOf(aboutTarget(conditions), packet) !== 'no',
    );
  });
}

function aboutTarget(conditions: readonly Condition[]): readonly Condition[] {
  return conditions.filter(({ kind }) => kind === 'target');
}
