import type { Health } from './health.js';

interface Group {
  readonly name: string;
  key: string;
  /** Real services, in the order in which they came. */
  readonly members: Set<string>;
}

/** What becomes of a real service whose orders have changed. */
type Renewal =
  /** It is watched as before. */
  | 'stays'
  /** Its process is its alone: that begins anew with the new orders. */
  | 'restarts'
  /** Its check is another one than that of those it was watched with. */
  | 'moves';

/**
 * Which real services are watched by one process: those of one probe key, which are one real service behind several
 * addresses. Only arithmetic: who holds it starts and ends the processes.
 */
export class ProbeGroups {
  private readonly groups = new Map<string, Group>();
  private readonly byKey = new Map<string, Group>();
  private readonly byMember = new Map<string, Group>();

  /**
   * Adds a real service to those of its key.
   * @param isTaken true for a name that a process still has which is to end
   * @returns the name of its process, which is that of the first member where nobody else has it
   */
  add(
    id: string,
    key: string,
    isTaken: (name: string) => boolean,
  ): { readonly name: string; readonly isNew: boolean } {
    const known = this.byKey.get(key);
    const group = known ?? { name: this.freeName(id, isTaken), key, members: new Set() };
    group.members.add(id);
    this.groups.set(group.name, group);
    this.byKey.set(key, group);
    this.byMember.set(id, group);
    return { name: group.name, isNew: known === undefined };
  }

  /** @returns its process, and whether nobody needs that any more; undefined for one that is not watched */
  remove(id: string): { readonly name: string; readonly isUnwanted: boolean } | undefined {
    const group = this.byMember.get(id);
    if (group === undefined) return undefined;
    this.byMember.delete(id);
    group.members.delete(id);
    const isUnwanted = group.members.size === 0;
    if (isUnwanted) {
      this.groups.delete(group.name);
      this.byKey.delete(group.key);
    }
    return { name: group.name, isUnwanted };
  }

  /** Its orders have changed, and its key may have. After `moves` it is to be removed and added. */
  renew(id: string, key: string): Renewal {
    const group = this.byMember.get(id);
    if (group === undefined) return 'moves';
    const isAlone = group.members.size === 1;
    if (group.key === key) return isAlone ? 'restarts' : 'stays';
    if (!isAlone || this.byKey.has(key)) return 'moves';
    this.byKey.delete(group.key);
    group.key = key;
    this.byKey.set(key, group);
    return 'restarts';
  }

  /** The real services that a process watches; none for one that is to end. */
  membersOf(name: string): readonly string[] {
    return [...(this.groups.get(name)?.members ?? [])];
  }

  /** The name of the process that watches a real service. */
  nameOf(id: string): string | undefined {
    return this.byMember.get(id)?.name;
  }

  private freeName(id: string, isTaken: (name: string) => boolean): string {
    let name = id;
    for (let number = 2; this.groups.has(name) || isTaken(name); number++) name = `${id} (${number})`;
    return name;
  }
}

/** What a process is to presume of its real service, of which each member is believed something: where they differ, nothing. */
export function agreedHealth(believed: readonly Health[]): Health {
  const known = new Set(believed.filter((health) => health !== 'unknown'));
  const [first = 'unknown'] = known;
  return known.size === 1 ? first : 'unknown';
}
