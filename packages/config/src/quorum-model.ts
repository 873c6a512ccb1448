/** How much of a virtual server must be up for it to count as whole. Weights are those of lvs.cf. */
export interface QuorumConfig {
  /** Weight of the servers that are up from which on the service has its quorum. */
  readonly weight: number;
  /** It is lost below weight - hysteresis, and reached again from weight + hysteresis on. */
  readonly hysteresis: number;
  /** Programs with their arguments; split at blanks, no shell. */
  readonly upCommand: string | undefined;
  readonly downCommand: string | undefined;
}
