/** A quantity of processes, taken together. */
export function sumOf(pids: readonly number[], quantity: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + quantity(pid), 0);
}
