import { UserError } from '@piranha/common';
import { RouteNetlink } from '@piranha/net';
import { KernelAddresses } from './kernel-addresses.js';

const LIMIT_MS = 5_000;

/**
 * Removes every address from the interfaces that pulse recorded as added.
 * @throws UserError `ADDRESS_FAILED` when the kernel refuses for 5 s
 */
export async function releaseRecorded(heldFile: string): Promise<void> {
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
  const released = await addresses.hold([]);
  clearTimeout(timer);
  addresses.close();
  if (!released) throw new UserError(problem, { code: 'ADDRESS_FAILED' });
}
