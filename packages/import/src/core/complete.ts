import { type Draft, type DraftVirtual, familyOf, type HeldAddress } from './draft.js';
import type { Ledger } from './ledger.js';
import type { Imported, ImportOptions } from './notes.js';
import { writeLvsCf } from './writer.js';

const DEVICE_LIMIT = 15;

/** Gives each IPv4 address a label of its own, as lvs.cf files have it; IPv6 has none. */
function labelled(held: readonly HeldAddress[]): HeldAddress[] {
  const used = new Set(held.map(({ device }) => device));
  return held.map(({ address, device }) => {
    if (address.includes(':') || device.includes(':'))
      return { address, device: withoutLabel(address, device) };
    for (let number = 1; ; number += 1) {
      const label = `${device}:${number}`;
      if (label.length > DEVICE_LIMIT) return { address, device };
      if (used.has(label)) continue;
      used.add(label);
      return { address, device: label };
    }
  });
}

function withoutLabel(address: string, device: string): string {
  return address.includes(':') ? (device.split(':')[0] ?? device) : device;
}

/** Addresses of services that the source holds nowhere: they get a device all the same, with a note. */
function missingAddresses(draft: Draft, ledger: Ledger, options: ImportOptions): HeldAddress[] {
  const known = new Set(draft.held.map(({ address }) => address));
  const device = options.device ?? draft.held[0]?.device.split(':')[0] ?? 'eth0';
  const missing: HeldAddress[] = [];
  for (const { address } of draft.virtuals) {
    if (address === undefined || known.has(address)) continue;
    known.add(address);
    missing.push({ address, device });
    if (options.device !== undefined) continue;
    const reason = `the source does not say which device carries it: ${device} is written; correct it, or give --device`;
    ledger.noteFile(`virtual address ${address}`, reason);
  }
  return missing;
}

/** An inside address on a device of its own is what real servers under NAT have as their gateway. */
function natRouterOf(draft: Draft, idle: readonly HeldAddress[]): HeldAddress | undefined {
  if (!draft.virtuals.some(({ servers }) => servers.some(({ forwarding }) => forwarding === 'nat')))
    return undefined;
  const base = ({ device }: HeldAddress) => device.split(':')[0];
  const served = new Set(draft.virtuals.map(({ address }) => address));
  const outside = new Set(draft.held.filter(({ address }) => served.has(address)).map(base));
  const inside = idle.filter((held) => !held.address.includes(':') && !outside.has(base(held)));
  return outside.size > 0 && inside.length === 1 ? inside[0] : undefined;
}

/** Gives addresses that no service has to marks of their family, which have none of their own. */
function markAddresses(draft: Draft, idle: readonly HeldAddress[]): Map<DraftVirtual, HeldAddress> {
  const given = new Map<DraftVirtual, HeldAddress>();
  const free = [...idle];
  for (const virtual of draft.virtuals) {
    if (virtual.mark === 0) continue;
    const index = free.findIndex(({ address }) => (address.includes(':') ? 6 : 4) === familyOf(virtual));
    const [held] = index < 0 ? [] : free.splice(index, 1);
    if (held) given.set(virtual, held);
  }
  return given;
}

function applyPair(draft: Draft, ledger: Ledger, options: ImportOptions): void {
  draft.primary = options.primary ?? draft.primary;
  draft.backup = options.backup ?? draft.backup;
  if (draft.primary === undefined) {
    ledger.noteFile(
      'primary',
      'the address of the primary director is not known: give --primary, or write it',
    );
  }
  if (draft.isPair && draft.backup === undefined) {
    const reason =
      'the address of the backup director is not known: without it a lone director runs; give --backup';
    ledger.noteFile('backup', reason);
  }
}

/** The sync daemon does not run beside services whose servers are of another family. */
function dropSyncBesideMixed(draft: Draft, ledger: Ledger): void {
  const isMixed = (virtual: DraftVirtual) =>
    [virtual.sorryServer ?? [], virtual.servers.map(({ address }) => address)]
      .flat()
      .some((address) => (address.includes(':') ? 6 : 4) !== familyOf(virtual));
  if (draft.sync === undefined || !draft.virtuals.some(isMixed)) return;
  draft.sync = undefined;
  ledger.noteFile(
    'sync daemon',
    'it cannot run beside a service whose tunnels lead to another family: left out',
  );
}

/** A witness that is a director, or an address that they share, proves nothing, and no director starts with it. */
function dropOwnWitnesses(draft: Draft, ledger: Ledger): void {
  const own = [draft.primary, draft.backup, ...draft.held.map(({ address }) => address)];
  const isOwn = (name: string) => own.includes(name.split(' ')[1]);
  for (const name of draft.witnesses.filter(isOwn))
    ledger.noteFile(`witness ${name}`, 'it is an address of the directors: left out');
  draft.witnesses = draft.witnesses.filter((name) => !isOwn(name));
}

/** Fills in what the source does not say, and writes the lvs.cf. */
export function completeImport(
  draft: Draft,
  ledger: Ledger,
  options: ImportOptions,
  product: string,
): Imported {
  applyPair(draft, ledger, options);
  dropSyncBesideMixed(draft, ledger);
  draft.held.push(...missingAddresses(draft, ledger, options));
  dropOwnWitnesses(draft, ledger);
  const held = labelled(draft.held);
  const served = new Set(draft.virtuals.map(({ address }) => address));
  const unserved = held.filter(({ address }) => !served.has(address));
  draft.natRouter = natRouterOf(draft, unserved);
  const spare = unserved.filter((one) => one !== draft.natRouter);
  const ofMark = markAddresses(draft, spare);
  const idle = spare.filter((one) => ![...ofMark.values()].includes(one));
  for (const { address } of idle) {
    const reason =
      'no service has this address, and a director holds addresses of services only: an inactive block';
    ledger.noteFile(`virtual address ${address}`, reason);
  }
  if (draft.virtuals.length === 0) {
    ledger.noteFile('services', 'no service was found: the file serves nothing before a person adds one');
  }
  const heldOf = (virtual: DraftVirtual) =>
    ofMark.get(virtual) ?? held.find(({ address }) => address === virtual.address);
  const head = [
    `Imported from ${product} by lvsctl import; its notes say what is missing or means something else.`,
  ];
  const text = writeLvsCf(draft, heldOf, idle, head);
  return { text, notes: ledger.notes() };
}
