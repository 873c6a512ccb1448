import { CATALOGUE } from '@piranha/events/catalogue';
import { ALIVE_INTERVAL_MS, ControlClient, type NannyEvents } from '@piranha/protocol';
import type { Reporter } from './reporter.js';

export interface LvsdReporterOptions {
  /** lvsd's socket. */
  readonly path: string;
  /** Name by which lvsd knows this nanny. */
  readonly id: string;
  readonly verbose: boolean;
  /** Called once when lvsd is gone. */
  readonly onLost: () => void;
}

/** Sends an event of one real service to lvsd. */
export type Emit = <Name extends keyof NannyEvents>(name: Name, data: NannyEvents[Name]) => void;

/** What lvsd is told of one real service, whichever way it goes. */
export function eventReporter(emit: Emit, id: string, verbose: boolean): Reporter {
  return {
    log: ({ event, fields }) => {
      if (CATALOGUE[event].level === 'debug' && !verbose) return;
      emit('nanny.log', { id, event, fields: { ...fields } });
    },
    result: (report) => emit('nanny.result', { id, ...report }),
    transition: (up, reason) => emit('nanny.transition', { id, up, reason }),
    reading: (reading) => emit('nanny.reading', { id, reading }),
  };
}

/**
 * Reports to lvsd over its socket, with a sign of life every ALIVE_INTERVAL_MS.
 * @throws UserError `CONTROL_UNREACHABLE`
 */
export async function connectLvsdReporter(options: LvsdReporterOptions): Promise<Reporter> {
  const { id } = options;
  const onClose = () => {
    clearInterval(beat);
    options.onLost();
  };
  const client = await ControlClient.connect({ path: options.path, onClose });
  const emit: Emit = (name, data) => client.emit(name, data);
  emit('nanny.hello', { id, pid: process.pid });
  const beat = setInterval(() => emit('nanny.alive', { id }), ALIVE_INTERVAL_MS);
  return eventReporter(emit, id, options.verbose);
}
