import type { Scope } from '../scope.js';
import type { CARRIED } from './carried.js';

/** Statements of an ha.cf. */
export type HaScope = Scope<keyof typeof CARRIED>;
