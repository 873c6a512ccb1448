import type { Facts } from './facts.js';
import type { Finding, Trap } from './trap.js';
import { FIREWALL_TRAPS } from './traps-firewall.js';
import { KERNEL_TRAPS } from './traps-kernel.js';
import { MACHINE_TRAPS } from './traps-machine.js';
import { NETWORK_TRAPS } from './traps-network.js';
import { PARTNER_TRAPS } from './traps-partner.js';
import { SYNC_TRAPS } from './traps-sync.js';

/** Every trap of a director, in the order in which they are told. */
export const DIRECTOR_TRAPS: readonly Trap[] = [
  ...KERNEL_TRAPS,
  ...SYNC_TRAPS,
  ...NETWORK_TRAPS,
  ...FIREWALL_TRAPS,
  ...MACHINE_TRAPS,
  ...PARTNER_TRAPS,
];

/** Everything that is found, errors first. */
export function examine(facts: Facts): readonly Finding[] {
  const found = DIRECTOR_TRAPS.flatMap(({ code, title, look }) =>
    look(facts).map((evidence): Finding => ({ code, title, ...evidence })),
  );
  const errors = found.filter(({ severity }) => severity === 'error');
  return [...errors, ...found.filter(({ severity }) => severity !== 'error')];
}
