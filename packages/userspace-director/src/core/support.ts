import { parseIpv4 } from '@piranha/common';
import type { ServiceKey, ServiceSettings, TableServer } from '@piranha/ipvs';
import { parsePersistenceMask } from './persistence.js';
import { findScheduler, SCHEDULER_NAMES } from './scheduler.js';

const KERNEL = 'use the kernel backend';

function unsupportedKey(key: ServiceKey): string | undefined {
  if (key.kind === 'mark') return `firewall marks belong to the kernel's packet filter: ${KERNEL}`;
  if (key.protocol === 'sctp') return `the userspace director has no SCTP: ${KERNEL}`;
  if (parseIpv4(key.address) === undefined) return `the userspace director serves IPv4 only: ${KERNEL}`;
  if (key.port === 0) return `port 0 (all ports) cannot be served in user space: ${KERNEL}`;
  return undefined;
}

/** Why the userspace director cannot serve these settings; undefined when it can. */
export function unsupportedService(settings: ServiceSettings): string | undefined {
  if (!findScheduler(settings.scheduler)) {
    const known = SCHEDULER_NAMES.join(', ');
    return `the userspace director has the schedulers ${known}, not ${settings.scheduler}: ${KERNEL}`;
  }
  if (settings.onePacket) return `the userspace director has no one-packet scheduling: ${KERNEL}`;
  if (settings.persistentSeconds > 0 && parsePersistenceMask(settings.persistenceMask) === undefined) {
    return `bad persistence mask ${settings.persistenceMask}`;
  }
  return unsupportedKey(settings.key);
}

/** Why the userspace director cannot forward to this server; undefined when it can. */
export function unsupportedServer(server: TableServer): string | undefined {
  if (parseIpv4(server.address) === undefined) {
    return `the userspace director forwards to IPv4 addresses only: ${KERNEL}`;
  }
  if (server.port === 0) return `a real server needs a port in user space: ${KERNEL}`;
  return undefined;
}
