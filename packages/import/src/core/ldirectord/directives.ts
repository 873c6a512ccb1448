import type { Scope } from '../scope.js';
import type { CARRIED } from './carried.js';

/** The directives that a reader may ask for: each stands in the page of directives. */
export type LdirectordWord = keyof typeof CARRIED;
/** Statements of an ldirectord.cf. */
export type LdirectordScope = Scope<LdirectordWord>;
