import { formatAddress } from './format-address.js';
import { formatMac } from './mac.js';
import { type NetlinkMessage, netlinkAttributes } from './netlink-message.js';

const RTM_NEWNEIGH = 28;
const HEADER_BYTES = 12;
const NDA_DST = 1;
const NDA_LLADDR = 2;
const LINK_ADDRESS_LIMIT_BYTES = 32;

const NUD_REACHABLE = 0x02;
const NUD_STALE = 0x04;
const NUD_DELAY = 0x08;
const NUD_PROBE = 0x10;
const NUD_NOARP = 0x40;
const NUD_PERMANENT = 0x80;
const NTF_PROXY = 0x08;
const NTF_EXT_LEARNED = 0x10;

/**
 * `trusted` is used without asking (reachable, stale, delay); `probed` is used while it is asked for; `lost` is not known, or
 * nobody answered; `fixed` was set by somebody else for good, or needs no asking.
 */
export type NeighbourState = 'trusted' | 'probed' | 'lost' | 'fixed';

/** An entry of the kernel's neighbour table. */
export interface NeighbourEntry {
  /** Number of the interface. */
  readonly ifindex: number;
  readonly address: string;
  /** Lower case with colons; undefined while it is unknown, or where the link has none. */
  readonly linkAddress: string | undefined;
  readonly state: NeighbourState;
}

/** The entries of these addresses, given as bytes: a table may have thousands of others, which are not looked into. */
export function neighbourRecords(
  messages: readonly NetlinkMessage[],
  addresses: readonly Buffer[],
): readonly NeighbourEntry[] {
  const wanted = new Set(addresses.map(formatAddress));
  return messages.flatMap((message) => {
    if (!addresses.some((bytes) => message.payload.includes(bytes))) return [];
    const entry = neighbourRecord(message);
    return entry !== undefined && wanted.has(entry.address) ? [entry] : [];
  });
}

/** The entry that a message of the table tells of; undefined for broken messages and for everything else. Never throws. */
function neighbourRecord({ type, payload }: NetlinkMessage): NeighbourEntry | undefined {
  if (type !== RTM_NEWNEIGH || payload.length < HEADER_BYTES) return undefined;
  const flags = payload.readUInt8(10);
  // An address that is answered for is no neighbour.
  if ((flags & NTF_PROXY) !== 0) return undefined;
  const attributes = netlinkAttributes(payload.subarray(HEADER_BYTES));
  const destination = attributes.get(NDA_DST);
  const address = destination && formatAddress(destination);
  if (address === undefined) return undefined;
  const link = attributes.get(NDA_LLADDR);
  const hasLink = link !== undefined && link.length > 0 && link.length <= LINK_ADDRESS_LIMIT_BYTES;
  return {
    ifindex: payload.readInt32LE(4),
    address,
    linkAddress: hasLink ? formatMac(link) : undefined,
    state: stateOf(payload.readUInt16LE(8), flags),
  };
}

function stateOf(state: number, flags: number): NeighbourState {
  // What a routing daemon put there is that daemon's.
  if ((state & (NUD_PERMANENT | NUD_NOARP)) !== 0 || (flags & NTF_EXT_LEARNED) !== 0) return 'fixed';
  if ((state & (NUD_REACHABLE | NUD_STALE | NUD_DELAY)) !== 0) return 'trusted';
  return (state & NUD_PROBE) === 0 ? 'lost' : 'probed';
}
