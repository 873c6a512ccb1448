import { readFileSync } from 'node:fs';

/** What ipvsadm 1.31 printed of one table with entries of every kind, on a kernel 6.1. */
export function recorded(name: 'save' | 'stats' | 'thresholds' | 'persistent-conn'): string {
  return readFileSync(new URL(`../fixtures/ipvsadm-1.31/${name}.txt`, import.meta.url), 'utf8');
}
