import type { NeighbourEntry, NeighbourSpec } from '@piranha/net';

/** How often the table is read while every address is heard, ms: a partner's link-layer address hardly ever changes. */
export const LOOK_HEARD_MS = 10_000;
/** How often while one is silent, or was just heard first, ms: by the kernel's defaults an entry is probed for 3 s before it is lost. */
const LOOK_SILENT_MS = 1_000;

/** An address at the other end of heartbeat paths. */
export interface WatchedAddress {
  /** Of either family, without a zone, in the spelling of the table. */
  readonly address: string;
  /** Since when nothing came from it, monotonic ms. */
  readonly silentSinceMs: number;
  /** When it was heard first, or for the first time after a long silence, monotonic ms; -Infinity for never. */
  readonly heardSinceMs: number;
}

/** What is known of an address. */
interface KnownAddress {
  /** Its link-layer address by number of interface. */
  readonly links: ReadonlyMap<number, string>;
  /** When the silence began that was told last, monotonic ms. */
  readonly toldSilenceMs: number | undefined;
}

/** What is known of the neighbour entries of partners, by address. */
export interface NeighbourMemory {
  readonly known: ReadonlyMap<string, KnownAddress>;
  /** When the table was read last, monotonic ms. */
  readonly lookedAtMs: number;
}

export const NO_NEIGHBOURS: NeighbourMemory = { known: new Map(), lookedAtMs: Number.NEGATIVE_INFINITY };

/** An entry that must be made reachable. */
export interface Confirmation extends NeighbourSpec {
  readonly silentMs: number;
  /** The first one in this silence of the address. */
  readonly isFirst: boolean;
}

interface Times {
  readonly deadtimeMs: number;
  readonly adaptiveMs?: number | undefined;
}

/**
 * How long an address may be silent before its entry is kept, ms: half of what makes its owner dead, so that ours still reach it
 * when it matters.
 */
export function patienceMs({ deadtimeMs, adaptiveMs = Infinity }: Times): number {
  return Math.min(deadtimeMs, adaptiveMs) / 2;
}

/** Whether the neighbour table is to be read now. */
export function isLookDue(
  { lookedAtMs }: NeighbourMemory,
  watched: readonly WatchedAddress[],
  limitMs: number,
  nowMs: number,
): boolean {
  if (watched.length === 0) return false;
  const isUrgent = watched.some(
    ({ silentSinceMs, heardSinceMs }) => nowMs - silentSinceMs > limitMs || heardSinceMs > lookedAtMs,
  );
  return nowMs - lookedAtMs >= (isUrgent ? LOOK_SILENT_MS : LOOK_HEARD_MS);
}

/**
 * Learns from the table where the partners are, and says which entries must be made reachable: who answers no ARP or neighbour
 * discovery, because its words are lost, is to hear ours all the same. As long as the kernel trusts an entry it is left alone; so a
 * partner that answers, and its new machine, of which the kernel hears by itself, go the usual way.
 */
export function lookAtNeighbours(
  memory: NeighbourMemory,
  watched: readonly WatchedAddress[],
  table: readonly NeighbourEntry[],
  limitMs: number,
  nowMs: number,
): { readonly memory: NeighbourMemory; readonly confirmations: readonly Confirmation[] } {
  const known = new Map<string, KnownAddress>();
  const confirmations: Confirmation[] = [];
  for (const { address, silentSinceMs } of watched) {
    const entries = table.filter((entry) => entry.address === address);
    const before = memory.known.get(address);
    const links = learn(before?.links ?? new Map(), entries);
    const silentMs = nowMs - silentSinceMs;
    const missing = silentMs > limitMs ? untrusted(links, entries) : [];
    const first = before?.toldSilenceMs === silentSinceMs ? undefined : missing[0];
    for (const link of missing) {
      confirmations.push({ ...link, address, silentMs, isFirst: link === first });
    }
    known.set(address, {
      links,
      toldSilenceMs: first === undefined ? before?.toldSilenceMs : silentSinceMs,
    });
  }
  return { memory: { known, lookedAtMs: nowMs }, confirmations };
}

/** What the table has counts more than what was known; what it lost stays known, unless the address has moved to another link. */
function learn(
  links: ReadonlyMap<number, string>,
  entries: readonly NeighbourEntry[],
): ReadonlyMap<number, string> {
  const valid = entries.flatMap(({ ifindex, state, linkAddress }) =>
    (state === 'trusted' || state === 'probed') && linkAddress !== undefined
      ? [[ifindex, linkAddress] as const]
      : [],
  );
  const isFixed = entries.some(({ state }) => state === 'fixed');
  // What somebody set for good is his; and who has no entry, for a router lies between, was never known.
  if (valid.length === 0) return isFixed ? new Map() : links;
  return new Map(valid);
}

function untrusted(links: ReadonlyMap<number, string>, entries: readonly NeighbourEntry[]) {
  const trusted = new Set(entries.flatMap(({ state, ifindex }) => (state === 'trusted' ? [ifindex] : [])));
  return [...links].flatMap(([ifindex, linkAddress]) =>
    trusted.has(ifindex) ? [] : [{ ifindex, linkAddress }],
  );
}
