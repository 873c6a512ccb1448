import type { LvsConfiguration, RealServerConfig } from '@piranha/config';
import { serviceKeyOf, tablePlaceOf } from '@piranha/ipvs';
import type { CheckTarget } from './check-targets.js';
import { sorryServerStands, type TableIndex } from './table-places.js';

interface Adoption {
  readonly health: 'up' | 'down';
  readonly reason: string;
}

/** What a server counts as where the table says nothing of it: what `initial_state` says. */
export function presumeInitial({ server }: CheckTarget): Adoption | undefined {
  const health = server.watch?.initialState;
  return health && { health, reason: `waiting for the first check: initial_state = ${health}` };
}

/**
 * What the live table says of a server before any nanny of ours has spoken: an earlier lvsd or an operator put it
 * there. An entry with weight, or one that an operator drains, is up until proven otherwise; a quiesced one and one whose
 * sorry server serves are down. Undefined: the table says nothing, the server waits for its first check.
 */
export function adoptFromTable(
  configuration: LvsConfiguration,
  { service, server }: CheckTarget,
  live: TableIndex,
  isDrained: (server: RealServerConfig) => boolean = () => false,
): Adoption | undefined {
  const entry = live.server(tablePlaceOf(configuration, service, server));
  if (entry) {
    const isWhole = entry.weight > 0 || server.weight === 0 || isDrained(server);
    if (isWhole) return { health: 'up', reason: 'adopted from the table' };
    if (server.weighing?.agent !== undefined && !service.quiesceServer)
      return { health: 'up', reason: 'adopted from the table: drained' };
    // Without its quorum a service leaves those that are up their connections.
    if (service.quorum !== undefined && !service.quiesceServer && sorryServerStands(service, live))
      return { health: 'up', reason: 'adopted from the table: quorum lost' };
    return service.quiesceServer ? { health: 'down', reason: 'adopted from the table: quiesced' } : undefined;
  }
  const serving = live.service(serviceKeyOf(service))?.servers.filter(({ weight }) => weight > 0) ?? [];
  return serving.length === 1 && sorryServerStands(service, live)
    ? { health: 'down', reason: 'adopted from the table: sorry_server serves' }
    : undefined;
}
