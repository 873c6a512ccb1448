import { writeFileSync } from 'node:fs';

/**
 * Makes `ps` show `name` with the arguments as given, and `pidof name` and `pgrep -x name` find the process: operators
 * know daemons by that, and so do init scripts.
 */
export function setProcessTitle(name: string, args: readonly string[]): void {
  process.title = [name, ...args].join(' ');
  try {
    // The title also became the command name, cut to 15 characters.
    writeFileSync('/proc/self/comm', name);
  } catch {
    // Without /proc the longer name stays; nothing depends on it.
  }
}
