import { type EventLog, openEventLog } from '@piranha/events';
import type { IpvsuOptions } from './options.js';

/** The log that the command line asks for. */
export function openLog({ foreground, json, verbose, logDirectory }: IpvsuOptions): EventLog {
  const directory = logDirectory === undefined ? {} : { logDirectory };
  return openEventLog({ ident: 'ipvsu', foreground, json, verbose, ...directory });
}
