import { setTimeout as wait } from 'node:timers/promises';
import { livingPid, monotonicNowMs, patient, signalProcess, UserError } from '@piranha/common';
import type { EventLog } from '@piranha/events';

/** How long the one that runs may take to end, and whoever pulse starts in its place meanwhile, ms. */
const LIMIT_MS = patient(10_000);
const POLL_MS = 5;

/**
 * Ends the guardian that runs, if there is one, as its death would: pulse-worker goes on, and nobody hears a farewell.
 * @param pidFile of the guardian
 * @param begin listens in its place; `CONTROL_IN_USE` while another one does
 * @throws UserError `PULSE_NOT_REPLACED` when it belongs to somebody else; what begin throws at last
 */
export async function inPlaceOf<Begun>(
  pidFile: string,
  begin: () => Promise<Begun>,
  log: Pick<EventLog, 'log'>,
): Promise<Begun> {
  let ended: number | undefined;
  for (const lastMs = monotonicNowMs() + LIMIT_MS; ; await wait(POLL_MS)) {
    const pid = livingPid(pidFile, 'pulse');
    if (pid !== undefined && pid !== ended && pid !== process.pid) {
      log.log('PULSE_GUARDIAN_TAKES_PLACE', { pid });
      end(pid);
      ended = pid;
    }
    try {
      return await begin();
    } catch (error) {
      const isInUse = error instanceof UserError && error.code === 'CONTROL_IN_USE';
      if (!isInUse || monotonicNowMs() > lastMs) throw error;
    }
  }
}

function end(pid: number): void {
  try {
    signalProcess(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    throw new UserError(`pulse: the guardian, pid ${pid}, runs as somebody else`, {
      code: 'PULSE_NOT_REPLACED',
      hint: 'pulse --replace needs the right to end it: run it as root',
    });
  }
}
