import { z } from 'zod';
import { type SegmentLimit, TUNNEL_IPV4, TUNNEL_IPV6, type Tunnel, tunnelOf } from './model.js';

/** Our table of nftables, family inet. Whatever has this name is ours. */
const TABLE = 'inet lvs_realserver';
const SETS = [
  { tunnel: TUNNEL_IPV4, name: 'vips4', type: 'ipv4_addr', protocol: 'ip' },
  { tunnel: TUNNEL_IPV6, name: 'vips6', type: 'ipv6_addr', protocol: 'ip6' },
] as const;
/** After the firewall's marks, before its filters. */
const PRIORITY = -150;

/** Headers of IP and TCP without options. */
function headersBytes(tunnel: Tunnel): number {
  return tunnel === TUNNEL_IPV4 ? 40 : 60;
}

/** The largest segment of TCP whose packet still fits through a tunnel, on a way with this MTU. */
export function segmentBytesOf(tunnel: Tunnel, pathMtuBytes: number): number {
  return pathMtuBytes - tunnel.headerBytes - headersBytes(tunnel);
}

/** Removes our table whether it is there or not; for `nft -f -`, one transaction. */
export function segmentTableRemoval(): string {
  return `add table ${TABLE}\ndelete table ${TABLE}\n`;
}

/** Makes our table anew: what this machine says about its VIPs keeps clients from sending larger segments. */
export function segmentTableText({ vips, pathMtuBytes }: SegmentLimit): string {
  const used = SETS.flatMap((set) => {
    const members = vips.filter((address) => tunnelOf(address) === set.tunnel);
    return members.length === 0 ? [] : [{ ...set, members }];
  });
  const sets = used.flatMap(({ name, type, members }) => [
    `  set ${name} {`,
    `    type ${type}`,
    `    elements = { ${members.join(', ')} }`,
    '  }',
  ]);
  const rules = used.map(({ name, protocol, tunnel }) => {
    const bytes = segmentBytesOf(tunnel, pathMtuBytes);
    const size = 'tcp option maxseg size';
    return `    ${protocol} saddr @${name} tcp flags syn ${size} > ${bytes} ${size} set ${bytes}`;
  });
  return [
    segmentTableRemoval().trimEnd(),
    `table ${TABLE} {`,
    ...sets,
    '  chain output {',
    `    type filter hook output priority ${PRIORITY}; policy accept;`,
    ...rules,
    '  }',
    '}',
    '',
  ].join('\n');
}

/** Words of nft that list our table as JSON. */
export const SEGMENT_TABLE_LIST: readonly string[] = ['-j', 'list', 'table', ...TABLE.split(' ')];

const PART = z.object({ mangle: z.object({ value: z.number() }) });
const LISTING = z.object({
  nftables: z.array(
    z.object({
      set: z.object({ name: z.string(), elem: z.array(z.string()).optional() }).optional(),
      rule: z.object({ expr: z.array(z.unknown()) }).optional(),
    }),
  ),
});

/** What a listing shows, VIPs sorted; undefined where it is not our table as we make it. */
export function readSegmentTable(text: string): SegmentLimit | undefined {
  let listing: z.infer<typeof LISTING>;
  try {
    listing = LISTING.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
  const rules = listing.nftables.map(({ rule }) => JSON.stringify(rule?.expr ?? []));
  const found = listing.nftables.flatMap(({ set }) => {
    const known = SETS.find(({ name }) => name === set?.name);
    if (known === undefined) return [];
    const rule = rules.findIndex((expression) => expression.includes(`"@${known.name}"`));
    const bytes = listing.nftables[rule]?.rule?.expr.map((part) => PART.safeParse(part).data?.mangle.value);
    const segment = bytes?.find((value) => value !== undefined);
    const pathMtuBytes =
      segment === undefined ? undefined : segment + known.tunnel.headerBytes + headersBytes(known.tunnel);
    return [{ vips: set?.elem ?? [], pathMtuBytes }];
  });
  const [first] = found;
  const pathMtuBytes = first?.pathMtuBytes;
  if (pathMtuBytes === undefined || found.some((set) => set.pathMtuBytes !== pathMtuBytes)) return undefined;
  return { vips: found.flatMap(({ vips }) => vips).sort(), pathMtuBytes };
}
