/** How a real server is watched beyond timeout and reentry. A word that neither its block nor its virtual has is undefined. */
export interface WatchConfig {
  /** The server's own timeout, ms; undefined = that of the virtual block. The same for reentryMs. */
  readonly timeoutMs: number | undefined;
  readonly reentryMs: number | undefined;
  /** Good checks in a row that bring a failed server back. */
  readonly rise: number | undefined;
  /** Failed checks in a row that take a server out. */
  readonly fall: number | undefined;
  /** Wait between checks, ms. */
  readonly intervalMs: number | undefined;
  /** The same between two states, ms. */
  readonly fastIntervalMs: number | undefined;
  /** The same while the server is down, ms. */
  readonly downIntervalMs: number | undefined;
  /** Limit of the connect alone, ms. */
  readonly connectTimeoutMs: number | undefined;
  /** How often a failed check of a server that is up is repeated before it counts. */
  readonly retries: number | undefined;
  readonly retryDelayMs: number | undefined;
  /** What a server is until its first check; undefined = that decides. */
  readonly initialState: 'up' | 'down' | undefined;
  /** The first check comes at a random time up to this late, ms. */
  readonly warmupMs: number | undefined;
  /** Where the check goes, apart from the server's own address and port. */
  readonly checkAddress: string | undefined;
  readonly checkPort: number | undefined;
}
