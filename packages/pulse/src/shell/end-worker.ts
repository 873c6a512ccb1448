import { rmSync } from 'node:fs';
import { removePidFile, UserError } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import type { Notifier } from '@piranha/notify';
import type { RunDirectory } from '@piranha/protocol';
import type { Backend } from './backend.js';
import { removeSavedState } from './saved-state.js';
import type { SupervisedDaemon } from './supervised-daemon.js';

/** What pulse watches over. */
export interface WorkerChildren {
  readonly lvsd: SupervisedDaemon;
  readonly backend: Backend;
}

/** What a worker has open when it ends. */
export interface WorkerEnd {
  readonly files: RunDirectory;
  readonly log: EventLog;
  readonly parts: WorkerChildren;
  readonly notifier: Notifier;
  readonly closeSockets: () => Promise<void>;
}

/** The last steps of a clean stop: the addresses are down already. */
export async function shutDown(end: WorkerEnd, partnerServes: boolean): Promise<never> {
  await end.parts.lvsd.stop();
  await end.parts.backend.stop(partnerServes);
  return finish(end);
}

/** @throws UserError `PULSE_CANNOT_LEAVE` where addresses end with the processes that serve them */
export function requireLeave(backend: Backend): void {
  if (backend.leave !== undefined) return;
  throw new UserError('pulse: nothing can be left behind without the kernel director', {
    code: 'PULSE_CANNOT_LEAVE',
    hint: 'the userspace director ends with its addresses; stop pulse in the usual way',
  });
}

/** A stop that leaves addresses and table as they are, for whoever serves next. The partner is not asked to take over. */
export async function leaveAll(end: WorkerEnd): Promise<never> {
  const { lvsd, backend } = end.parts;
  end.log.log('PULSE_LEFT');
  await lvsd.leave();
  await backend.leave?.();
  return finish(end);
}

async function finish({ files, log, notifier, closeSockets }: WorkerEnd): Promise<never> {
  await closeSockets();
  removeSavedState(files.pulseState);
  rmSync(files.lastGoodConfiguration, { force: true });
  rmSync(files.agreedKeys, { force: true });
  removePidFile(files.pulsePid, process.pid);
  await notifier.close();
  await log.close();
  process.exit(0);
}
