import { addressFamily, parseIpv4, parseIpv6 } from '@piranha/common';
import type { ServiceKey, Table, TableServer } from './model.js';

/**
 * The order in which `ipvsadm -Sn` prints: TCP, UDP and SCTP services of IPv4 by address and port, those of IPv6, marks.
 * ipvsadm compares addresses by a signed difference of 32 bits, so it prints otherwise where they are further apart than
 * half of all addresses (10.0.0.1 behind 200.0.0.1): texts of the two are to be compared line by line, sorted.
 */

type ServerPlace = Pick<TableServer, 'address' | 'port'>;

const PROTOCOL_RANK = { tcp: 0, udp: 1, sctp: 2 } as const;

function compareAddresses(one: string, other: string): number {
  const first = parseIpv4(one);
  const second = parseIpv4(other);
  if (first !== undefined && second !== undefined) return first - second;
  if (first !== undefined) return -1;
  if (second !== undefined) return 1;
  return compareGroups(parseIpv6(one) ?? [], parseIpv6(other) ?? []);
}

function compareGroups(one: readonly number[], other: readonly number[]): number {
  const differing = one.findIndex((group, index) => group !== other[index]);
  return differing < 0 ? 0 : (one[differing] ?? 0) - (other[differing] ?? 0);
}

/** Which of two services comes first. */
export function compareKeys(one: ServiceKey, other: ServiceKey): number {
  if (one.kind === 'mark' || other.kind === 'mark') {
    if (one.kind !== other.kind) return one.kind === 'mark' ? 1 : -1;
    if (one.kind === 'mark' && other.kind === 'mark')
      return one.mark - other.mark || one.family - other.family;
    return 0;
  }
  return (
    addressFamily(one.address) - addressFamily(other.address) ||
    PROTOCOL_RANK[one.protocol] - PROTOCOL_RANK[other.protocol] ||
    compareAddresses(one.address, other.address) ||
    one.port - other.port
  );
}

/** Which of two real servers of a service comes first. */
export function compareServers(one: ServerPlace, other: ServerPlace): number {
  return compareAddresses(one.address, other.address) || one.port - other.port;
}

/** The same table in the order of `ipvsadm -Sn`. */
export function sortTable(table: Table): Table {
  const services = table.services.map((service) => ({
    ...service,
    servers: [...service.servers].sort(compareServers),
  }));
  return { services: services.sort((one, other) => compareKeys(one.key, other.key)) };
}
