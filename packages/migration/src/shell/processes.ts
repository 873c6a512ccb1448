import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { RunningProcess } from '../core/incumbents.js';

/** Fields of /proc/PID/stat behind the name, counted from the state, which is the first. */
const STAT = { state: 0, parentPid: 1, startTicks: 19 } as const;
const WORDS_LIMIT_BYTES = 64 * 1024;

/** The processes of this network namespace that can be looked at, this one left out. */
export function processesHere(): readonly RunningProcess[] {
  const here = readlinkSync('/proc/self/ns/net');
  return readdirSync('/proc')
    .filter((entry) => /^[1-9][0-9]*$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((entry) => (linkOf(entry, 'ns/net') === here ? (processOf(Number(entry)) ?? []) : []));
}

/** One process; undefined when it is gone or a zombie. */
export function processOf(pid: number): RunningProcess | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const nameEnd = stat.lastIndexOf(')');
    const fields = stat.slice(nameEnd + 2).split(' ');
    const state = fields[STAT.state] ?? '';
    if (state === 'Z' || state === 'X') return undefined;
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').slice(0, WORDS_LIMIT_BYTES);
    return {
      pid,
      parentPid: Number(fields[STAT.parentPid]),
      name: stat.slice(stat.indexOf('(') + 1, nameEnd),
      program: linkOf(String(pid), 'exe'),
      words: commandLine.split('\0').filter((word) => word !== ''),
      startTicks: Number(fields[STAT.startTicks]),
      isStopped: state === 'T',
    };
  } catch {
    return undefined;
  }
}

function linkOf(pid: string, name: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return undefined;
  }
}
