import { balancingDirectives } from './schema-balancing.js';
import { nannyDirectives } from './schema-nannies.js';
import { notifyDirectives } from './schema-notify.js';
import { pairDirectives } from './schema-pair.js';
import type { DirectiveSpec } from './schema-types.js';
import { witnessDirectives } from './schema-witness.js';

/** All directives outside blocks, in the order of a formatted file. */
export const globalDirectives: readonly DirectiveSpec[] = [
  ...pairDirectives,
  ...notifyDirectives,
  ...witnessDirectives,
  ...balancingDirectives,
  ...nannyDirectives,
];
