import { createRequire } from 'node:module';

interface ArpEntry {
  readonly ip: string;
  readonly mac: string;
  readonly iface?: string;
}

interface ArpA {
  table(callback: (error: Error | null, entry: ArpEntry | null) => void): void;
}

/** A neighbour as the kernel's ARP cache has it. */
export interface Neighbour {
  readonly address: string;
  /** Lower case, with colons. */
  readonly mac: string;
  readonly interface: string;
}

const UNRESOLVED = '00:00:00:00:00:00';

/** The kernel's ARP cache; empty where it cannot be read, or arp-a is not installed (it is an optional dependency). */
export function readNeighbours(): Promise<readonly Neighbour[]> {
  return new Promise((resolve) => {
    const found: Neighbour[] = [];
    const take = (error: Error | null, entry: ArpEntry | null): void => {
      if (error !== null || entry === null) resolve(found);
      else if (entry.mac !== UNRESOLVED) {
        found.push({ address: entry.ip, mac: entry.mac.toLowerCase(), interface: entry.iface ?? '' });
      }
    };
    try {
      (createRequire(import.meta.url)('arp-a') as ArpA).table(take);
    } catch {
      resolve([]);
    }
  });
}
