/** Firewall rules, as far as IPVS and heartbeats stumble over them. */

/** One rule, whatever tool made it. */
export interface FirewallRule {
  /** As its tool prints it, shortened. */
  readonly text: string;
  /** Such as `INPUT`, or for nftables the hook of its base chain in capitals; empty for a chain of one's own. */
  readonly hook: string;
  /** The packet's mark that this rule sets. */
  readonly setsMark: number | undefined;
  readonly drops: boolean;
  readonly accepts: boolean;
  /** It looks at connections in the state `invalid`. */
  readonly matchesInvalid: boolean;
  /** True for the last word of a chain, its policy. */
  readonly isPolicy: boolean;
}

const TEXT_LIMIT = 160;
const MOST_RULES = 20_000;

function rule(text: string, hook: string, change: Partial<FirewallRule>): FirewallRule {
  const plain = {
    setsMark: undefined,
    drops: false,
    accepts: false,
    matchesInvalid: false,
    isPolicy: false,
  };
  return { text: text.slice(0, TEXT_LIMIT), hook, ...plain, ...change };
}

const HOOKS = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);

/** Reads the output of `iptables-save`. */
export function readIptablesSave(text: string): readonly FirewallRule[] {
  const rules: FirewallRule[] = [];
  let table = '';
  for (const line of text.split('\n', MOST_RULES)) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const [, policyChain = '', policy] = /^:(\S+) (ACCEPT|DROP)/.exec(line) ?? [];
    if (policy !== undefined && HOOKS.has(policyChain)) {
      rules.push(
        rule(`${table}: policy ${policy} of ${policyChain}`, policyChain, {
          drops: policy === 'DROP',
          accepts: policy === 'ACCEPT',
          isPolicy: true,
        }),
      );
    }
    const [, chain = ''] = /^-A (\S+)/.exec(line) ?? [];
    if (chain !== '') rules.push(iptablesRule(`${table}: ${line}`, HOOKS.has(chain) ? chain : ''));
  }
  return rules;
}

function iptablesRule(text: string, hook: string): FirewallRule {
  const [, mark] = /--set-(?:x?mark) (0x[0-9a-fA-F]+|\d+)/.exec(text) ?? [];
  return rule(text, hook, {
    setsMark: mark === undefined || !text.includes('-j MARK') ? undefined : Number(mark),
    drops: / -j (?:DROP|REJECT)\b/.test(text),
    accepts: / -j ACCEPT\b/.test(text),
    matchesInvalid: /--(?:ct)?state \S*INVALID/.test(text),
  });
}

/** Reads the output of `nft list ruleset`. */
export function readNftRuleset(text: string): readonly FirewallRule[] {
  const rules: FirewallRule[] = [];
  let table = '';
  let hook = '';
  for (const line of text.split('\n', MOST_RULES).map((one) => one.trim())) {
    const [, name] = /^table (\S+ \S+) \{/.exec(line) ?? [];
    if (name !== undefined) table = name;
    if (line.startsWith('chain ')) hook = '';
    const [, base, policy] = /^type \S+ hook (\S+) .*?(?:policy (\w+);)?$/.exec(line) ?? [];
    if (base !== undefined) {
      hook = base.toUpperCase();
      const drops = policy === 'drop';
      rules.push(rule(`${table}: ${line}`, hook, { drops, accepts: !drops, isPolicy: true }));
    } else if (!/^(?:table|chain|set|map|\}|$)/.test(line)) {
      rules.push(nftRule(`${table}: ${line}`, line, hook));
    }
  }
  return rules;
}

function nftRule(text: string, line: string, hook: string): FirewallRule {
  const [, mark] = /\bmeta mark set (0x[0-9a-fA-F]+|\d+)/.exec(line) ?? [];
  return rule(text, hook, {
    setsMark: mark === undefined ? undefined : Number(mark),
    drops: /\b(?:drop|reject)\b/.test(line),
    accepts: /\baccept\b/.test(line),
    matchesInvalid: /\bct state [^;]*\binvalid\b/.test(line),
  });
}
