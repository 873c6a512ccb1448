import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from '@piranha/common';
import type { HeartbeatPathConfig } from '../path-model.js';
import type { ParsedBlock, ParsedFile } from './parsed.js';
import { NO_ADDRESS, Values } from './values.js';

/** A multicast group in its canonical spelling; undefined for any other text. */
export function multicastGroup(text: string): string | undefined {
  const four = parseIpv4(text);
  if (four !== undefined) return four >>> 28 === 0xe ? formatIpv4(four) : undefined;
  const groups = parseIpv6(text);
  return groups !== undefined && (groups[0] ?? 0) >= 0xff00 ? formatIpv6(groups) : undefined;
}

function buildPath(block: ParsedBlock): HeartbeatPathConfig {
  const addresses = block.statements.flatMap(({ value }) =>
    typeof value === 'object' && 'address' in value && value.address !== NO_ADDRESS
      ? [{ director: value.device, address: value.address }]
      : [],
  );
  const group = new Values('heartbeat_path', block).text('multicast');
  return {
    name: block.name,
    line: block.lineIndex + 1,
    addresses,
    multicast: group === undefined ? undefined : multicastGroup(group),
  };
}

/** The `heartbeat_path` blocks in the order of the file. */
export function buildPaths({ blocks }: Pick<ParsedFile, 'blocks'>): readonly HeartbeatPathConfig[] {
  return blocks.filter(({ level }) => level === 'heartbeat_path').map(buildPath);
}
