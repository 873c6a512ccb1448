import type { LvsConfiguration, NotifyConfig, RealServerConfig, VirtualServerConfig } from '@piranha/config';
import type { ServiceChange } from '@piranha/ipvs';
import { type Notice, quorumNotice, type ServiceFacts, serverNotice, sorryNotice } from '@piranha/notify';
import type { Health } from './health.js';
import type { SorryChange } from './sorry-watch.js';

/** Beside another product, writing into a model, lvsd tells nobody of a service that is not its own. */
export function notifyConfigOf({ notify }: LvsConfiguration, directorName: string): NotifyConfig {
  // notify_wait is a matter of the role.
  if (directorName !== 'memory') return { ...notify, waits: false };
  return { ...notify, program: undefined, serverProgram: undefined, mail: undefined };
}

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

interface QuorumNews {
  readonly notice: Notice;
  /** Program of the service alone. */
  readonly command: string | undefined;
  /** A service that has its quorum from the start is no news to people; its program runs all the same. */
  readonly isNews: boolean;
}

/** The same for a quorum that is reached or lost. */
export function quorumNews(
  service: VirtualServerConfig,
  { reached, isFirst, weight, needed }: Extract<ServiceChange, { type: 'quorum' }>,
): QuorumNews {
  const { upCommand, downCommand } = service.quorum ?? {};
  return {
    notice: quorumNotice(reached, factsOf(service), weight, needed),
    command: reached ? upCommand : downCommand,
    isNews: !(reached && isFirst),
  };
}
