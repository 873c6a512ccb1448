/** Heartbeat paths that one lvs.cf may have between two directors, the public and the private one among them. */
export const MOST_PATHS = 8;

/** A director's own address on a path. */
interface PathAddress {
  /** `primary` or `backup`, or the name of a director block. */
  readonly director: string;
  readonly address: string;
}

/** One `heartbeat_path` block: a path beside the public and the private one. */
export interface HeartbeatPathConfig {
  /** 1 to 15 of `A-Z a-z 0-9 . _ -`, neither `public` nor `private`. */
  readonly name: string;
  /** Line of the block's header, from 1. */
  readonly line: number;
  readonly addresses: readonly PathAddress[];
  /** Beats go to this group; undefined: to each address. */
  readonly multicast: string | undefined;
}
