import type { LvsConfiguration } from '@piranha/config';
import { serviceKeyOf, tablePlaceOf } from '@piranha/ipvs';
import type { CheckTarget } from './check-targets.js';
import { sorryServerStands, type TableIndex } from './table-places.js';

interface Adoption {
  readonly health: 'up' | 'down';
  readonly reason: string;
}

/**
 * What the live table says of a server before any nanny of ours has spoken: an earlier lvsd or an operator put it
 * there. An entry with weight is up until proven otherwise; a quiesced one and one whose sorry server serves are
 * down. Undefined: the table says nothing, the server waits for its first check.
 */
export function adoptFromTable(
  configuration: LvsConfiguration,
  { service, server }: CheckTarget,
  live: TableIndex,
): Adoption | undefined {
  const entry = live.server(tablePlaceOf(configuration, service, server));
  if (entry) {
    if (entry.weight > 0 || server.weight === 0) return { health: 'up', reason: 'adopted from the table' };
    return service.quiesceServer ? { health: 'down', reason: 'adopted from the table: quiesced' } : undefined;
  }
  const serving = live.service(serviceKeyOf(service))?.servers.filter(({ weight }) => weight > 0) ?? [];
  return serving.length === 1 && sorryServerStands(service, live)
    ? { health: 'down', reason: 'adopted from the table: sorry_server serves' }
    : undefined;
}
