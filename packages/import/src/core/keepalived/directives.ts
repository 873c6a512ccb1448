import type { Scope } from '../scope.js';
import type { CARRIED } from './carried.js';

/** The directives that a reader may ask for: each stands in the page of directives. */
export type KeepalivedWord = keyof typeof CARRIED;
/** Statements of a keepalived.conf. */
export type KeepalivedScope = Scope<KeepalivedWord>;
