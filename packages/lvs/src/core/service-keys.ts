import type { VirtualServerConfig } from '@piranha/config';
import { serviceKeyOf, serviceKeyText } from '@piranha/ipvs';

/**
 * By what a service is known over reloads and restarts: its place in the table, whatever its name. Blocks that share a place
 * are told apart by their order.
 */
export function serviceKeys(services: readonly VirtualServerConfig[]): Map<VirtualServerConfig, string> {
  const seen = new Map<string, number>();
  return new Map(
    services.map((service) => {
      const place = serviceKeyOf(service);
      const text = place === undefined ? `name ${service.name}` : serviceKeyText(place);
      const count = (seen.get(text) ?? 0) + 1;
      seen.set(text, count);
      return [service, count === 1 ? text : `${text}#${count}`];
    }),
  );
}

/**
 * What was known of services, by the keys of a new configuration. One that moves to another place keeps what was known
 * under its name.
 */
export function carryOver<State>(
  known: ReadonlyMap<string, State>,
  before: ReadonlyMap<VirtualServerConfig, string>,
  after: ReadonlyMap<VirtualServerConfig, string>,
): Map<string, State> {
  const wanted = new Set(after.values());
  const moved = new Map(
    [...before].filter(([, key]) => !wanted.has(key)).map(([{ name }, key]) => [name, key]),
  );
  const carried = new Map<string, State>();
  for (const [{ name }, key] of after) {
    const state = known.get(key) ?? known.get(moved.get(name) ?? '');
    if (state !== undefined) carried.set(key, state);
  }
  return carried;
}
