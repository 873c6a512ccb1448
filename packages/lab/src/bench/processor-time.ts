import { readFileSync } from 'node:fs';

/** Of the kernel's clock in /proc/PID/stat; it is 100 on every Linux that runs Node. */
const TICKS_PER_SECOND = 100;

/** Processor time that a process has used, in user and kernel mode, s. @throws where it has ended */
export function processorSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Behind the name, which stands in brackets and may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
