/** The names of a pair's beats. */
export const PAIR_NAMES = {
  nodes: { primary: 'primary', backup: 'backup' },
  /** All virtual addresses move together. */
  group: 'main',
  paths: ['public', 'private'],
} as const;

/** What stands in every beat of a node. */
export interface BeatNames {
  readonly node: string;
  readonly groups: readonly string[];
  readonly peers: readonly string[];
  readonly paths: readonly string[];
}

/**
 * The names that one of several directors uses: those of lvs.cf.
 * @param names of all directors, by rank
 * @param morePaths beside the public and the private one
 */
export function groupBeatNames(
  own: string,
  names: readonly string[],
  morePaths: readonly string[] = [],
): BeatNames {
  const { group, paths } = PAIR_NAMES;
  const peers = names.filter((name) => name !== own);
  return { node: own, groups: [group], peers, paths: [...paths, ...morePaths] };
}

/** The names that one director of a pair uses. @param morePaths beside the public and the private one */
export function pairBeatNames(role: 'primary' | 'backup', morePaths: readonly string[] = []): BeatNames {
  const { nodes, group, paths } = PAIR_NAMES;
  const peer = role === 'primary' ? nodes.backup : nodes.primary;
  return { node: nodes[role], groups: [group], peers: [peer], paths: [...paths, ...morePaths] };
}
