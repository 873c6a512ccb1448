import type { CheckSpec, CheckSpecBase } from '../../check-model.js';
import type { DirectiveSpec } from '../schema-types.js';
import type { Values } from '../values.js';

/** Tells what is wrong with a check; the place is that of the word, or of the block where it is absent. */
export type TellProblem = (
  severity: 'error' | 'warning',
  word: string,
  code: string,
  text: string,
  hint: string,
) => void;

/** One kind of check: its words, and what they mean. One file each in this folder, one line each in the registry. */
export interface CheckKind<Spec extends CheckSpec = CheckSpec> {
  readonly kind: Spec['kind'];
  /** For the manual page: what passes. */
  readonly help: string;
  /** Its own words, in the order of the manual page; the common ones stand in `COMMON_WORDS`. */
  readonly words: readonly DirectiveSpec[];
  /** Words without which it cannot run. */
  readonly required?: readonly string[];
  /** False where it asks no port: then a real server without one is no mistake. */
  readonly usesPort: boolean;
  /** The check from its words; `base` has the common ones. */
  build(values: Values, base: CheckSpecBase): Spec;
  /** Rules between words. */
  problems?(spec: Spec, tell: TellProblem): void;
}

/** A row of a word that stands in check blocks alone. */
export function checkWord(
  row: Omit<DirectiveSpec, 'levels' | 'since' | 'use' | 'default'> & Partial<Pick<DirectiveSpec, 'default'>>,
): DirectiveSpec {
  return { default: undefined, ...row, levels: ['check'], since: 'ours 0.1', use: 'live' };
}

/** Kinds with their exact types, for `CHECK_KINDS`. */
export type CheckKindTable = {
  readonly [Kind in CheckSpec['kind']]: CheckKind<Extract<CheckSpec, { readonly kind: Kind }>>;
};
