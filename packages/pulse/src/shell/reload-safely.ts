import { errorText, UserError } from '@piranha/common';
import type { EventLog } from '@piranha/events';
import type { ReloadAnswer } from '@piranha/protocol';
import type { LoadedSettings } from './load-settings.js';
import type { PulseWorker } from './worker.js';

/** Handles both answers of a reload in one place: a broken file leaves the running service untouched. */
export async function reloadSafely(
  worker: Pick<PulseWorker, 'reload'>,
  load: () => Promise<LoadedSettings>,
  log: EventLog,
): Promise<ReloadAnswer> {
  log.log('PULSE_RELOAD');
  try {
    return await worker.reload(await load());
  } catch (error) {
    // The findings go to who asked; behind warnings nobody would see in one line what is wrong.
    log.log('PULSE_RELOAD_REFUSED', { problem: errorText(error).split('\n').at(-1) });
    if (!(error instanceof UserError)) throw error;
    return { ok: false, diagnostics: error.message.split('\n'), operations: [] };
  }
}
