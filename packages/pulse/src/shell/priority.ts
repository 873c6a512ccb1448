import { errorText } from '@piranha/common';
import type { EventLog } from '@piranha/events';

/** Before all that keeps the default, behind the kernel's own threads: a beat costs well under a millisecond. */
const NICE = -15;

/**
 * Gives this process the priority that its promises to the partner need. Who is not root is not asked to: the director
 * of a laptop makes no promises.
 * @param raise gives the calling thread a nice value, or throws
 */
export function raiseOwnPriority(name: string, raise: (nice: number) => void, log: EventLog): void {
  if (process.getuid?.() !== 0) return;
  try {
    raise(NICE);
  } catch (error) {
    // A container may lack CAP_SYS_NICE.
    log.log('PULSE_PRIORITY_REFUSED', { process: name, problem: errorText(error) });
  }
}
