import { openKeepalived } from './keepalived.js';
import { keptGroup } from './kept.js';
import { openPiranha } from './piranha.js';

/** Products and methods of forwarding, in the order of the table; each pair is measured in a lab kernel of its own. */
export const KEPT_GROUPS = (['direct', 'nat'] as const).flatMap((method) => [
  { product: 'Piranha', method, group: keptGroup('Piranha', method, openPiranha) },
  { product: 'keepalived', method, group: keptGroup('keepalived', method, openKeepalived) },
]);
