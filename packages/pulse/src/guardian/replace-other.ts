import { setTimeout as wait } from 'node:timers/promises';
import { isAlive, livingPid, monotonicNowMs, patient, signalProcess, UserError } from '@piranha/common';
import type { EventLog } from '@piranha/events';

const END_LIMIT_MS = patient(5_000);
const POLL_MS = 5;

/**
 * Ends the guardian that runs, if there is one, as its death would: pulse-worker goes on, and nobody hears a farewell.
 * @param pidFile of the guardian
 * @throws UserError `PULSE_NOT_REPLACED` when it does not end, or belongs to somebody else
 */
export async function replaceOther(pidFile: string, log: Pick<EventLog, 'log'>): Promise<void> {
  const pid = livingPid(pidFile, 'pulse');
  if (pid === undefined || pid === process.pid) return;
  log.log('PULSE_GUARDIAN_TAKES_PLACE', { pid });
  try {
    signalProcess(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    throw notReplaced(`the guardian, pid ${pid}, runs as somebody else`);
  }
  for (const endMs = monotonicNowMs() + END_LIMIT_MS; isAlive(pid); await wait(POLL_MS)) {
    if (monotonicNowMs() > endMs) throw notReplaced(`the guardian, pid ${pid}, does not end`);
  }
}

function notReplaced(problem: string): UserError {
  return new UserError(`pulse: ${problem}`, {
    code: 'PULSE_NOT_REPLACED',
    hint: 'pulse --replace needs the right to end it: run it as root',
  });
}
