/** What `lvsctl restart` replaces; in this order each is started again by one that has settled. */
export const RESTARTABLE = ['pulse', 'guardian', 'lvsd', 'ipvsu'] as const;

export type Daemon = (typeof RESTARTABLE)[number];

/** Without words; ipvsu carries the connections, so it must be named. */
export const RESTARTED_UNNAMED: readonly Daemon[] = ['pulse', 'guardian', 'lvsd'];
