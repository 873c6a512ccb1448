import {
  type ServiceSettings,
  serverKeyText,
  serviceKeyText,
  type Table,
  type TableOperation,
  type TableServer,
  type TableService,
} from './model.js';

/** Texts of everything in a table, one a service (`tcp 10.0.0.9:80`) and one a server (`tcp 10.0.0.9:80 10.0.0.11:80`). */
export function ownedKeys(table: Table): readonly string[] {
  return table.services.flatMap((service) => {
    const text = serviceKeyText(service.key);
    return [text, ...service.servers.map((server) => `${text} ${serverKeyText(server)}`)];
  });
}

function settingsOf({ servers: _, ...settings }: TableService): ServiceSettings {
  return settings;
}

function settingsText(service: ServiceSettings): string {
  const { scheduler, schedulerFlags, persistentSeconds, persistenceMask = '', onePacket } = service;
  const { otherWords = '' } = service;
  return JSON.stringify([
    scheduler,
    schedulerFlags,
    persistentSeconds,
    persistenceMask,
    onePacket,
    otherWords,
  ]);
}

/** Whether two entries of one place are the same in everything that can be set. */
export function sameServer(one: TableServer, other: TableServer): boolean {
  return (
    one.forwarding === other.forwarding &&
    one.weight === other.weight &&
    one.upperThreshold === other.upperThreshold &&
    one.lowerThreshold === other.lowerThreshold &&
    one.otherTunnel === other.otherTunnel
  );
}

/** Whether two services of one key are the same in everything that can be set. */
export function sameSettings(one: ServiceSettings, other: ServiceSettings): boolean {
  return settingsText(one) === settingsText(other);
}

function byKey(servers: readonly TableServer[]): ReadonlyMap<string, TableServer> {
  return new Map(servers.map((server) => [serverKeyText(server), server]));
}

function isSamePlace(one: TableServer | undefined, other: TableServer | undefined): boolean {
  return one !== undefined && other !== undefined && one.port === other.port && one.address === other.address;
}

/** How many servers at the beginning and at the end of both lists stand in the same places. */
function commonEnds(wanted: readonly TableServer[], present: readonly TableServer[]) {
  const shorter = Math.min(wanted.length, present.length);
  let front = 0;
  while (front < shorter && isSamePlace(wanted[front], present[front])) front += 1;
  let back = 0;
  while (back < shorter - front && isSamePlace(wanted.at(-1 - back), present.at(-1 - back))) back += 1;
  return { front, back };
}

/**
 * Adds and edits of one service's servers, then its removals: a service is never emptied on the way. Two lists of
 * thousands mostly differ in one place, and what is the same before and behind it needs no look-up.
 */
function serverOperations(
  desired: TableService,
  live: readonly TableServer[],
  isOwned: (serverText: string) => boolean,
): TableOperation[] {
  const { key, servers } = desired;
  const { front, back } = commonEnds(servers, live);
  const wanted = byKey(servers.slice(front, servers.length - back));
  const present = byKey(live.slice(front, live.length - back));
  const liveOf = (server: TableServer, index: number): TableServer | undefined => {
    if (index < front) return live[index];
    const fromEnd = servers.length - index;
    return fromEnd <= back ? live.at(-fromEnd) : present.get(serverKeyText(server));
  };
  const changes: TableOperation[] = [];
  for (const [index, server] of servers.entries()) {
    const known = liveOf(server, index);
    if (known === undefined) changes.push({ type: 'addServer', key, server });
    else if (!sameServer(known, server)) changes.push({ type: 'editServer', key, server });
  }
  for (const [text, { address, port }] of present) {
    if (!wanted.has(text) && isOwned(text)) changes.push({ type: 'deleteServer', key, address, port });
  }
  return changes;
}

/**
 * The operations that make `live` equal to `desired`: adds before removes, nothing for what is equal already, and no
 * touch on entries that are neither desired nor in `owned` (texts as ownedKeys gives them). A service that goes but
 * holds a server of somebody else keeps it: only our servers leave.
 */
export function diffTables(
  desired: Table,
  live: Table,
  owned: ReadonlySet<string>,
): readonly TableOperation[] {
  const present = new Map(live.services.map((service) => [serviceKeyText(service.key), service]));
  const wanted = new Set(desired.services.map((service) => serviceKeyText(service.key)));
  const operations = desired.services.flatMap((service): TableOperation[] => {
    const text = serviceKeyText(service.key);
    const known = present.get(text);
    const isOwned = (serverText: string): boolean => owned.has(`${text} ${serverText}`);
    const settings = settingsOf(service);
    if (known === undefined) {
      return [{ type: 'addService', service: settings }, ...serverOperations(service, [], isOwned)];
    }
    const edits = serverOperations(service, known.servers, isOwned);
    return sameSettings(known, service) ? edits : [{ type: 'editService', service: settings }, ...edits];
  });
  const removals = live.services
    .filter((service) => !wanted.has(serviceKeyText(service.key)))
    .flatMap((service) => removalOf(service, owned));
  return [...operations, ...removals];
}

function removalOf(service: TableService, owned: ReadonlySet<string>): TableOperation[] {
  const { key } = service;
  const text = serviceKeyText(key);
  if (!owned.has(text)) return [];
  const ours = service.servers.filter((server) => owned.has(`${text} ${serverKeyText(server)}`));
  if (ours.length === service.servers.length) return [{ type: 'deleteService', key }];
  return ours.map(({ address, port }) => ({ type: 'deleteServer', key, address, port }));
}
