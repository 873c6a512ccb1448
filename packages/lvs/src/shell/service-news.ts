import type { VirtualServerConfig } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import type { ServiceChange } from '@piranha/ipvs';
import type { Notifier } from '@piranha/notify';
import { quorumNews } from '../core/notices.js';

interface Audience {
  readonly log: EventLog;
  readonly notifier: Notifier;
  /** False beside another product: the service is not ours then. */
  readonly runsCommands: boolean;
}

/** Logs and tells that a service reached or lost its quorum, or that its checks count no longer or again. */
export function tellServiceChange(
  { log, notifier, runsCommands }: Audience,
  service: VirtualServerConfig,
  change: ServiceChange,
): void {
  if (change.type === 'panic') {
    const { on, up, total, kept } = change;
    log.log(on ? 'LVSD_PANIC_ON' : 'LVSD_PANIC_OFF', { service: service.name, up, total, kept });
    return;
  }
  const { reached, weight, needed } = change;
  log.log(reached ? 'LVSD_QUORUM_UP' : 'LVSD_QUORUM_DOWN', { service: service.name, weight, needed });
  const { notice, command, isNews } = quorumNews(service, change);
  if (isNews) notifier.tell(notice);
  if (command !== undefined && runsCommands) notifier.runServiceCommand(command, notice);
}
