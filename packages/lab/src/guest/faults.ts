import type { Director } from './director.js';
import { NETWORK_NAMES } from './networks.js';
import type { Pair } from './pair.js';

/** All processes die and the cables are pulled: the kernel's state must not help the dead one. */
export async function crash(pair: Pair, director: Director): Promise<void> {
  for (const network of NETWORK_NAMES) pair.networks.cut(director.name, network);
  await director.kill();
}

/** The machine comes back from a boot. */
export async function revive(pair: Pair, director: Director): Promise<void> {
  await pair.boot(director);
  for (const network of NETWORK_NAMES) pair.networks.heal(director.name, network);
  director.start();
}

/** A machine that stands still sends nothing and answers nothing. */
export function freeze(pair: Pair, director: Director): void {
  for (const network of ['public', 'private'] as const) pair.networks.cut(director.name, network);
  director.signalAll('SIGSTOP');
}

/** The frozen machine goes on. */
export function thaw(pair: Pair, director: Director): void {
  for (const network of ['public', 'private'] as const) pair.networks.heal(director.name, network);
  director.signalAll('SIGCONT');
}
