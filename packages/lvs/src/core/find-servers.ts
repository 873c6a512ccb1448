import { formatIpv6, parseIpv4, parseIpv6 } from '@piranha/common';
import type { LvsConfiguration, RealServerConfig, VirtualServerConfig } from '@piranha/config';
import { serverKeyText, serviceKeyText, type TablePlace, tablePlaceOf } from '@piranha/ipvs';
import { placeText } from './table-places.js';

/** An active server block with its place in the table. */
export interface PlacedServer {
  readonly service: VirtualServerConfig;
  readonly server: RealServerConfig;
  readonly place: TablePlace;
  /** The place as text; blocks that share an entry share it. */
  readonly key: string;
}

/** The servers that a word means, or why it means none. */
export type FoundServers =
  | { readonly ok: true; readonly servers: readonly PlacedServer[] }
  | {
      readonly ok: false;
      readonly code: 'SERVER_UNKNOWN' | 'SERVER_AMBIGUOUS';
      readonly text: string;
      readonly hint: string;
    };

/** Candidates that a hint names at most. */
const CANDIDATE_LIMIT = 12;

/** Every active server of an active service that has a place, in the order of the file. */
export function placedServers(configuration: LvsConfiguration): readonly PlacedServer[] {
  return configuration.virtualServers
    .filter((service) => service.active)
    .flatMap((service) =>
      service.servers
        .filter((server) => server.active)
        .flatMap((server) => {
          const place = tablePlaceOf(configuration, service, server);
          return place ? [{ service, server, place, key: placeText(place) }] : [];
        }),
    );
}

/** Addresses of a host name that lvs.cf does not have; undefined where nobody knows. */
export type AddressesOf = (hostName: string) => readonly string[] | undefined;

/**
 * The servers that an operator means: by name, host name of lvs.cf or address, each with or without :PORT, in every service,
 * or in the one that stands before a slash. A name that several machines have is ambiguous: nobody may guess which one is
 * meant.
 * @param addressesOf what a word stands for that is nothing of lvs.cf
 */
export function findServers(
  all: readonly PlacedServer[],
  word: string,
  addressesOf: AddressesOf = () => undefined,
): FoundServers {
  const meanings = readings(word);
  const servers = [
    ...meanings.map(([service, server]) => matching(all, service, server)),
    ...meanings.map(([service, server]) => resolving(all, service, server, addressesOf)),
  ];
  const found = servers.find((list) => list.length > 0);
  if (found === undefined) return unknown(all, word);
  const addresses = new Set(found.map(({ server }) => server.address));
  if (addresses.size <= 1) return { ok: true, servers: found };
  return {
    ok: false,
    code: 'SERVER_AMBIGUOUS',
    text: `${word} is the name of ${addresses.size} servers`,
    hint: `say which one: ${candidates(found)}`,
  };
}

/** `SERVICE/SERVER`, or the word as a server; names may have a slash themselves. */
function readings(word: string): readonly (readonly [service: string | undefined, server: string])[] {
  const slashes = [...word.matchAll(/\//g)].map(({ index }) => index);
  return [
    [undefined, word],
    ...slashes.map((at): readonly [string, string] => [word.slice(0, at), word.slice(at + 1)]),
  ];
}

function matching(all: readonly PlacedServer[], service: string | undefined, server: string): PlacedServer[] {
  const address = canonicalAddress(server.replace(/^\[(.*)\]$/, '$1'));
  const endpoint = canonicalEndpoint(server);
  return all.filter(
    (placed) =>
      (service === undefined || isService(placed, service)) &&
      (placed.server.name === server ||
        placed.server.address === address ||
        (endpoint !== undefined && endpointsOf(placed).includes(endpoint)) ||
        isNamed(placed, server)),
  );
}

/** By its host name, or by either name and a port. As with ldirectord the first part of a host name is enough. */
function isNamed({ server, place }: PlacedServer, word: string): boolean {
  const hostNames = server.hostName === undefined ? [] : [server.hostName, shortName(server.hostName)];
  if (hostNames.includes(word)) return true;
  return [server.name, ...hostNames].some((name) =>
    [server.port, place.port].some((port) => word === `${name}:${port}`),
  );
}

function shortName(hostName: string): string {
  return hostName.split('.')[0] ?? hostName;
}

/** By what a name service says of a name, with a port or without. */
function resolving(
  all: readonly PlacedServer[],
  service: string | undefined,
  word: string,
  addressesOf: AddressesOf,
): PlacedServer[] {
  const [, name = '', port] = /^([^:]+)(?::(\d{1,5}))?$/.exec(word) ?? [];
  const addresses = addressesOf(name)?.map((address) => canonicalAddress(address)) ?? [];
  return all.filter(
    (placed) =>
      (service === undefined || isService(placed, service)) &&
      addresses.includes(placed.server.address) &&
      (port === undefined || [placed.server.port, placed.place.port].includes(Number(port))),
  );
}

/** The host name that a name of a file may have in it: without a port, and without a service before it. */
export function hostNameIn(word: string): string | undefined {
  return /^([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(?::\d{1,5})?$/.exec(word)?.[1];
}

function isService({ service, place }: PlacedServer, word: string): boolean {
  return service.name === word || serviceKeyText(place.service) === word;
}

/** Its port as lvs.cf has it, and as the table has it. */
function endpointsOf({ server, place }: PlacedServer): string[] {
  return [serverKeyText(server), serverKeyText(place)];
}

/** An address as lvs.cf has it when it is read; undefined for what is none. */
function canonicalAddress(word: string): string | undefined {
  const groups = parseIpv6(word);
  if (groups !== undefined) return formatIpv6(groups);
  return parseIpv4(word) === undefined ? undefined : word;
}

function canonicalEndpoint(word: string): string | undefined {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(word) ?? [];
  const address = canonicalAddress(bracketed ?? plain ?? '');
  return address === undefined ? undefined : serverKeyText({ address, port: Number(port) });
}

function unknown(all: readonly PlacedServer[], word: string): FoundServers {
  const known = all.length === 0 ? 'lvs.cf has no active server' : `there are ${candidates(all)}`;
  return { ok: false, code: 'SERVER_UNKNOWN', text: `no active server is called ${word}`, hint: known };
}

function candidates(servers: readonly PlacedServer[]): string {
  const texts = servers.map(
    ({ service, server }) => `${service.name}/${server.name} (${serverKeyText(server)})`,
  );
  const more = texts.length - CANDIDATE_LIMIT;
  return `${texts.slice(0, CANDIDATE_LIMIT).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
