import type { RealServerConfig, VirtualServerConfig } from '@piranha/config';
import { type Notice, type ServiceFacts, serverNotice, sorryNotice } from '@piranha/notify';
import type { Health } from './health.js';
import type { SorryChange } from './sorry-watch.js';

function factsOf(service: VirtualServerConfig): ServiceFacts {
  const { name, address, port, protocol, firewallMark } = service;
  return { name, address: address?.address, port, protocol, firewallMark };
}

/**
 * What programs and people are to be told of a server's new health. The first good news is none: every server starts
 * that way.
 */
export function healthNotice(
  service: VirtualServerConfig,
  server: RealServerConfig,
  before: Health | undefined,
  after: { readonly health: Health; readonly reason: string },
): Notice | undefined {
  if (after.health === 'unknown' || after.health === before) return undefined;
  if (after.health === 'up' && before !== 'down') return undefined;
  const { reason } = after;
  return serverNotice(after.health === 'up', { service: factsOf(service), server, reason });
}

/** The same for sorry servers that enter or leave. */
export function sorryNotices(
  services: readonly VirtualServerConfig[],
  changes: readonly SorryChange[],
): readonly Notice[] {
  return changes.flatMap(({ service: name, address, active }) => {
    const service = services.find((other) => other.name === name);
    return service === undefined ? [] : [sorryNotice(active, factsOf(service), address)];
  });
}
