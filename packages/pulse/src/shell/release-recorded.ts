import { type HeldAddress, readHeldFile, type VirtualAddress } from '@piranha/addresses';
import { UserError } from '@piranha/common';
import { RouteNetlink } from '@piranha/net';
import { KernelAddresses } from './kernel-addresses.js';

const LIMIT_MS = 5_000;

/**
 * Removes every address from the interfaces that pulse recorded as added, or those of `only` alone.
 * @throws UserError `ADDRESS_FAILED` when the kernel refuses for 5 s
 */
export async function releaseRecorded(heldFile: string, only?: readonly string[]): Promise<void> {
  let problem = 'not done in time';
  const addresses = new KernelAddresses({
    heldFile,
    route: new RouteNetlink(),
    onProblem: (text) => {
      problem = text;
    },
    onFinding: () => undefined,
  });
  const timer = setTimeout(() => addresses.close(), LIMIT_MS);
  const released = await addresses.hold(stayingOf(heldFile, only));
  clearTimeout(timer);
  addresses.close();
  if (!released) throw new UserError(problem, { code: 'ADDRESS_FAILED' });
}

function stayingOf(heldFile: string, only: readonly string[] | undefined): readonly VirtualAddress[] {
  if (only === undefined) return [];
  return readHeldFile(heldFile)
    .held.filter(({ address }) => !only.includes(address))
    .map(asHeld);
}

/** What is there already stays as it is, whatever is written here of its label. */
function asHeld({ address, prefixLength, interface: name }: HeldAddress): VirtualAddress {
  const family = address.includes(':') ? 6 : 4;
  return { address, family, interface: name, prefixLength, label: undefined, broadcast: undefined };
}
