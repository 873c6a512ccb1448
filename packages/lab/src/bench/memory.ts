import { readFileSync } from 'node:fs';

/** Memory that a process alone uses, bytes: private pages, clean and dirty, as the kernel counts them. */
export function privateMemoryBytes(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kilobytes = [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)].map((match) =>
    Number(match[1]),
  );
  return kilobytes.reduce((sum, value) => sum + value, 0) * 1024;
}

/** Resident memory of a process, bytes; most of it is shared between processes of one Node binary. */
export function residentMemoryBytes(pid: number): number {
  const match = /^Rss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  return Number(match?.[1] ?? 0) * 1024;
}
