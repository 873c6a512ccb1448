/** What a new configuration means for the running nannies; orders, which are command line and checks, by identity. */
export interface NannyPlan {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Same server, other command line or checks: a new process that keeps the server's state. */
  readonly renewed: readonly string[];
}

type Orders = ReadonlyMap<string, readonly string[]>;

function sameWords(first: readonly string[], second: readonly string[]): boolean {
  return first.length === second.length && first.every((word, index) => word === second[index]);
}

/** Compares orders; nannies with an unchanged one are in no list and keep their process. */
export function planNannies(before: Orders, after: Orders): NannyPlan {
  const added: string[] = [];
  const renewed: string[] = [];
  for (const [id, words] of after) {
    const old = before.get(id);
    if (old === undefined) added.push(id);
    else if (!sameWords(old, words)) renewed.push(id);
  }
  return { added, renewed, removed: [...before.keys()].filter((id) => !after.has(id)) };
}
