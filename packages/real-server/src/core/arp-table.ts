import { z } from 'zod';

/** Our table of nftables, family arp. Whatever has this name is ours. */
const ARP_TABLE = 'lvs_realserver';
const TABLE = `arp ${ARP_TABLE}`;
const SET = 'vips';

/** Removes our table whether it is there or not; for `nft -f -`, one transaction. */
export function arpTableRemoval(): string {
  return `add table ${TABLE}\ndelete table ${TABLE}\n`;
}

/**
 * Makes our table anew with these VIPs, IPv4, in one transaction: questions for a VIP are not heard, and nothing that
 * names a VIP as its sender is said.
 */
export function arpTableText(vips: readonly string[]): string {
  return [
    arpTableRemoval().trimEnd(),
    `table ${TABLE} {`,
    `  set ${SET} {`,
    '    type ipv4_addr',
    `    elements = { ${vips.join(', ')} }`,
    '  }',
    '  chain input {',
    '    type filter hook input priority 0; policy accept;',
    `    arp daddr ip @${SET} drop`,
    '  }',
    '  chain output {',
    '    type filter hook output priority 0; policy accept;',
    `    arp saddr ip @${SET} drop`,
    '  }',
    '}',
    '',
  ].join('\n');
}

/** Words of nft that list the VIPs of our table as JSON. */
export const ARP_TABLE_LIST: readonly string[] = ['-j', 'list', 'table', 'arp', ARP_TABLE];

const DROP = z.object({ drop: z.null() });
const LISTING = z.object({
  nftables: z.array(
    z.object({
      set: z.object({ name: z.string(), elem: z.array(z.string()).optional() }).optional(),
      rule: z.object({ chain: z.string(), expr: z.array(z.unknown()) }).optional(),
    }),
  ),
});

/** The VIPs that a listing shows, sorted; undefined where it is not our table with both rules in it. */
export function readArpTable(text: string): readonly string[] | undefined {
  let listing: z.infer<typeof LISTING>;
  try {
    listing = LISTING.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
  const drops = listing.nftables.flatMap(({ rule }) =>
    rule?.expr.some((part) => DROP.safeParse(part).success) ? [rule.chain] : [],
  );
  if (!drops.includes('input') || !drops.includes('output')) return undefined;
  return listing.nftables.flatMap(({ set }) => (set?.name === SET ? [...(set.elem ?? [])] : [])).sort();
}
