import { getPriority, setPriority } from 'node:os';
import { libc } from './libc.js';

/** sched(7): the policies that share time by nice values (other, batch, idle), and the flag that starts children with nice 0. */
const TIME_SHARING = [0, 3, 5];
const SCHED_RESET_ON_FORK = 0x4000_0000;

/**
 * Puts the calling thread before busy neighbours, by a nice value of -20 to -1; what it starts from now on begins at
 * nice 0. A better priority or a realtime policy that somebody gave it stays.
 * @throws Error with code `EACCES` or `EPERM` where the process may not
 */
export function raisePriority(nice: number): void {
  const policy = libc().sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
  if (!TIME_SHARING.includes(policy)) return;
  setPriority(Math.min(nice, getPriority()));
  // A struct sched_param: the static priority, which is 0 under these policies.
  libc().sched_setscheduler(0, policy | SCHED_RESET_ON_FORK, Buffer.alloc(4));
}
