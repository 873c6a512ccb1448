import { errorText } from '@piranha/common';
import type { LvsConfiguration } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import type { Director } from '@piranha/ipvs';
import { timeoutsOf } from '../core/timeouts.js';

/** Sets the timeouts of lvs.cf, where it has any; a refusal is logged. */
export function setTimeouts(
  backend: Director | undefined,
  configuration: LvsConfiguration,
  log: Pick<EventLog, 'log'>,
): void {
  const timeouts = timeoutsOf(configuration);
  if (!timeouts) return;
  backend?.setTimeouts(timeouts).catch((error: unknown) => {
    log.log('LVSD_TIMEOUTS_FAILED', {
      tcp: timeouts.tcpSeconds,
      tcpfin: timeouts.tcpFinSeconds,
      udp: timeouts.udpSeconds,
      problem: errorText(error),
    });
  });
}
