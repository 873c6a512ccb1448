/** Names of blocks, each given out once. */
export class BlockNames {
  private readonly taken = new Set<string>();

  /** The name, or the name with a number behind it; what would need quotes becomes `_`. */
  take(wanted: string): string {
    const base = wanted.replace(/[^A-Za-z0-9_.-]+/g, '_').slice(0, 100) || 'block';
    let name = base;
    for (let number = 2; this.taken.has(name); number += 1) name = `${base}_${number}`;
    this.taken.add(name);
    return name;
  }
}

/** True for a domain name that can be asked for, the root among them. */
export function isDomainName(name: string): boolean {
  if (name === '.') return true;
  const labels = name.replace(/\.$/, '').split('.');
  return name.length <= 253 && labels.every((label) => /^[\w-]{1,63}$/.test(label));
}
