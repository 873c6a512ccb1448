/** Something that lvs.cf names and that must be looked at beyond its spelling: an expression, a file, a program. */
export interface Mention {
  readonly kind:
    | 'regex'
    /** The original's expect with use_regex. */
    | 'expect'
    | 'certificates'
    | 'headers'
    | 'password'
    | 'check program'
    | 'quorum program';
  /** The directive. */
  readonly word: string;
  readonly value: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}
