/** Directors that one lvs.cf may have. */
export const MOST_DIRECTORS = 5;

/** One `director` block. */
export interface DirectorConfig {
  readonly name: string;
  /** Line of the block's header, from 1. */
  readonly line: number;
  /** Undefined where it could not be read. */
  readonly publicAddress: string | undefined;
  /** On the second heartbeat path; the public one where there is none. */
  readonly privateAddress: string | undefined;
}
