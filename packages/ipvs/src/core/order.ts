import { parseIpv4 } from '@piranha/common';
import type { ServiceKey, Table, TableServer } from './model.js';

/** The order in which `ipvsadm -Sn` prints: TCP, UDP and SCTP services by address and port, then marks. */

const PROTOCOL_RANK = { tcp: 0, udp: 1, sctp: 2 } as const;

function compareAddresses(one: string, other: string): number {
  const first = parseIpv4(one);
  const second = parseIpv4(other);
  if (first !== undefined && second !== undefined) return first - second;
  // IPv4 before IPv6; IPv6 by its text, which is stable if not numeric.
  if (first !== undefined) return -1;
  if (second !== undefined) return 1;
  return one < other ? -1 : Number(one > other);
}

function compareKeys(one: ServiceKey, other: ServiceKey): number {
  if (one.kind === 'mark' || other.kind === 'mark') {
    if (one.kind !== other.kind) return one.kind === 'mark' ? 1 : -1;
    if (one.kind === 'mark' && other.kind === 'mark')
      return one.mark - other.mark || one.family - other.family;
    return 0;
  }
  return (
    PROTOCOL_RANK[one.protocol] - PROTOCOL_RANK[other.protocol] ||
    compareAddresses(one.address, other.address) ||
    one.port - other.port
  );
}

function compareServers(one: TableServer, other: TableServer): number {
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
