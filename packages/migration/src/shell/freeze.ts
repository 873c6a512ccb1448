import { setTimeout as wait } from 'node:timers/promises';
import { monotonicNowMs, patient, signalProcess, UserError } from '@piranha/common';
import {
  findIncumbents,
  type Incumbent,
  type IncumbentKind,
  isChangingTable,
  type RunningProcess,
} from '../core/incumbents.js';
import { processesHere, processOf } from './processes.js';

const LIMIT_MS = patient(3_000);
const POLL_MS = 5;

/** Names a process so that a pid used again is not taken for it. */
export interface ProcessName {
  readonly pid: number;
  readonly startTicks: number;
}

/** The process of that name, if it still lives. */
export function livingProcess({ pid, startTicks }: ProcessName): RunningProcess | undefined {
  const found = processOf(pid);
  return found?.startTicks === startTicks ? found : undefined;
}

/**
 * Stops every process of a product where it stands, also those that it starts meanwhile, and waits until a change of the
 * table that was under way is done. Frozen, it changes nothing, and knows nothing of having been frozen.
 * @param list gives the processes among which it is looked for
 * @throws UserError `ADOPT_NOT_FROZEN` when that does not come to rest in 3 s; then everything goes on again
 */
export async function freeze(kind: IncumbentKind, list = processesHere): Promise<Incumbent> {
  const deadlineMs = monotonicNowMs() + LIMIT_MS;
  for (;;) {
    const processes = list();
    const incumbent = findIncumbents(processes).find((one) => one.kind === kind);
    const members = incumbent?.processes ?? [];
    const running = members.filter(({ isStopped }) => !isStopped);
    if (incumbent !== undefined && running.length === 0 && !isChangingTable(incumbent, processes))
      return incumbent;
    if (monotonicNowMs() > deadlineMs) {
      thaw(members);
      throw new UserError(`${kind} could not be frozen: ${running.length} of its processes run on`, {
        code: 'ADOPT_NOT_FROZEN',
        hint: 'nothing was changed; try again',
      });
    }
    for (const { pid } of running) signalProcess(pid, 'SIGSTOP');
    await wait(POLL_MS);
  }
}

/** Lets frozen processes go on; those that are gone are left out. */
export function thaw(processes: readonly ProcessName[]): void {
  for (const process of processes) {
    if (livingProcess(process) !== undefined) signalProcess(process.pid, 'SIGCONT');
  }
}

/** Ends frozen processes without a word to them: they would take addresses and table down. */
export function endFrozen(processes: readonly ProcessName[]): void {
  for (const process of processes) {
    if (livingProcess(process) !== undefined) signalProcess(process.pid, 'SIGKILL');
  }
}
