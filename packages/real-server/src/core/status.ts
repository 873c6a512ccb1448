import { addressesOn, deviceOf, type MachineState, type Method, type StateRecord } from './model.js';
import { hasOurForm, isEmptyRecord } from './plan.js';

/** Where something stands: put there by us, by somebody else, or not there. */
type Holder = 'ours' | 'others' | 'missing';

/** A table of nftables; `none` where none is wanted. */
type TableHolder = 'ours' | 'missing' | 'none';

/** What `status` tells; the shape of `status --json`. */
export interface StatusView {
  readonly state: 'started' | 'incomplete' | 'stopped';
  readonly arp: string;
  readonly vips: readonly {
    readonly address: string;
    readonly method: Method;
    readonly interface: string;
    readonly holder: Holder;
  }[];
  /** Settings that we changed. */
  readonly sysctls: readonly {
    readonly path: string;
    readonly before: string;
    readonly ours: string;
    /** Null where it is gone. */
    readonly now: string | null;
  }[];
  /** Interfaces that we switched on. */
  readonly links: readonly { readonly name: string; readonly isUp: boolean }[];
  readonly arpTable: TableHolder;
  readonly segmentTable: TableHolder;
}

/** What is held and set, by us or by others, for the VIPs that were started. */
export function statusOf(record: StateRecord, seen: MachineState): StatusView {
  const vips = record.wanted.vips.map((vip) => {
    const place = { address: vip.address, interface: deviceOf(vip) };
    return { ...place, method: vip.method, holder: holderOf(record, seen, place) };
  });
  const sysctls = record.sysctls.map((entry) => ({ ...entry, now: seen.sysctls.get(entry.path) ?? null }));
  const links = record.links.map(({ name }) => ({
    name,
    isUp: seen.links.some((link) => link.name === name && link.isUp),
  }));
  const tables = { arpTable: arpTableHolder(record, seen), segmentTable: segmentTableHolder(record, seen) };
  // A record without VIPs is that of a stop that was cut off.
  const isWhole =
    vips.length > 0 &&
    vips.every(({ holder }) => holder !== 'missing') &&
    sysctls.every(({ ours, now }) => ours === now) &&
    links.every(({ isUp }) => isUp) &&
    !Object.values(tables).includes('missing');
  const state = isEmptyRecord(record) ? 'stopped' : isWhole ? 'started' : 'incomplete';
  return { state, arp: record.wanted.arp, vips, sysctls, links, ...tables };
}

function holderOf(
  record: StateRecord,
  seen: MachineState,
  place: { readonly address: string; readonly interface: string },
): Holder {
  const isThere = addressesOn(seen, place.interface).some(({ address }) => address === place.address);
  if (!isThere) return 'missing';
  const isRecorded = record.addresses.some(
    (held) => held.address === place.address && held.interface === place.interface,
  );
  return isRecorded && hasOurForm(seen, place) ? 'ours' : 'others';
}

function arpTableHolder({ wanted, hasArpTable }: StateRecord, { arpTable }: MachineState): TableHolder {
  if (wanted.arp !== 'nft' || !hasArpTable) return 'none';
  const ipv4 = wanted.vips.map(({ address }) => address).filter((address) => !address.includes(':'));
  return ipv4.every((address) => arpTable?.includes(address)) ? 'ours' : 'missing';
}

function segmentTableHolder(
  { wanted, hasSegmentTable }: StateRecord,
  { segmentTable }: MachineState,
): TableHolder {
  if (!hasSegmentTable) return 'none';
  const tunnelled = wanted.vips.filter(({ method }) => method === 'tunnel');
  const isWhole =
    segmentTable?.pathMtuBytes === wanted.pathMtuBytes &&
    tunnelled.every(({ address }) => segmentTable.vips.includes(address));
  return isWhole ? 'ours' : 'missing';
}
