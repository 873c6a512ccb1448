/** The directors of a run, by rank; a pair has the first two. */
export const NODE_NAMES = ['primary', 'backup', 'third', 'fourth', 'fifth'] as const;
export type NodeName = (typeof NODE_NAMES)[number];

/** Something for each director; those of a pair are always there. */
export type PerNode<T> = Readonly<Record<'primary' | 'backup', T> & Partial<Record<NodeName, T>>>;

/** The names that have something, by rank. */
export function namesIn(of: PerNode<unknown>): readonly NodeName[] {
  return NODE_NAMES.filter((name) => of[name] !== undefined);
}
