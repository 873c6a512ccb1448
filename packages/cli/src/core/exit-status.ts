/** What lvsctl ends with; part of the contract with scripts. */
export const EXIT = {
  ok: 0,
  /** The answer is no: errors in the file, not in canonical layout, refused, a daemon missing. */
  no: 1,
  /** A wrong command line. */
  usage: 2,
  /** The daemon that is asked cannot be reached, or does not answer in time. */
  unreachable: 3,
  /** Something that lvsctl itself cannot read, write or understand. */
  trouble: 4,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
