import { type EventLog, openEventLog } from '@piranha/events';
import type { PulseOptions } from '../options.js';

/** The log of pulse and its guardian: one ident, the same outputs. */
export function openPulseLog(options: PulseOptions): EventLog {
  return openEventLog({
    ident: 'pulse',
    foreground: options.foreground,
    verbose: options.verbose,
    json: options.json,
    ...(options.logDirectory === undefined ? {} : { logDirectory: options.logDirectory }),
  });
}
