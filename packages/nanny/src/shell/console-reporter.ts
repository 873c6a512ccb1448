import { CATALOGUE, type EventFields, eventRecord, formatEventLine } from '@piranha/events/catalogue';
import type { Reporter } from './reporter.js';

/** Prints lines on stdout as `nanny: text [ID] detail`, for a nanny that was started by hand. */
export function consoleReporter(verbose: boolean): Reporter {
  // The reader of a pipe went away: nobody wants the rest.
  process.stdout.on('error', () => process.exit(0));
  return {
    log: ({ event, fields }) => {
      if (CATALOGUE[event].level === 'debug' && !verbose) return;
      process.stdout.write(`nanny: ${formatEventLine(eventRecord(event, fields as EventFields))}\n`);
    },
    result: () => {},
    transition: () => {},
    reading: (reading) => {
      if (verbose) process.stdout.write(`nanny: ${JSON.stringify(reading)}\n`);
    },
  };
}
