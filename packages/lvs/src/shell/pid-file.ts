import { rmSync, writeFileSync } from 'node:fs';

/** One decimal line, as init scripts expect. */
export function writePidFile(path: string): void {
  writeFileSync(path, `${process.pid}\n`, { mode: 0o644 });
}

/** Removes a pid file; one that is gone already is fine. */
export function removePidFile(path: string): void {
  rmSync(path, { force: true });
}
