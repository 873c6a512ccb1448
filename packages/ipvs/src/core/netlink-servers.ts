import { addressBytes, encodeNetlinkAttribute, type GenericCommand } from '@piranha/net';
import type { Forwarding, ServerOperation, ServiceKey, TableOperation, TableServer } from './model.js';

/** Operations on real servers as IPVS's family of generic netlink takes them (linux/ip_vs.h). */

const COMMAND = { addServer: 5, editServer: 6, deleteServer: 7 } as const;

const SERVICE = 1;
const SERVICE_ATTRIBUTE = { family: 1, protocol: 2, address: 3, port: 4, mark: 5 } as const;

const SERVER = 2;
const SERVER_ATTRIBUTE = {
  address: 1,
  port: 2,
  forwarding: 3,
  weight: 4,
  upperThreshold: 5,
  lowerThreshold: 6,
  family: 11,
} as const;

const PROTOCOL = { tcp: 6, udp: 17, sctp: 132 } as const;
const FORWARDING: Readonly<Record<Forwarding, number>> = { masquerade: 0, tunnel: 2, direct: 3 };
const FAMILY = { 4: 2, 6: 10 } as const;

const ADDRESS_BYTES = 16;
const PORT_LIMIT = 65_535;
/** Those of ipvsadm, so that no way to the table takes what the other one refuses. */
const WEIGHT_LIMIT = 65_535;
const THRESHOLD_LIMIT = 2 ** 31 - 1;

export function isServerOperation(operation: TableOperation): operation is ServerOperation {
  return operation.type in COMMAND;
}

/** The request for an operation; undefined for one that only ipvsadm can judge or spell. */
export function serverCommand(operation: ServerOperation): GenericCommand | undefined {
  const service = serviceAttributes(operation.key);
  const server =
    operation.type === 'deleteServer' ? placeAttributes(operation) : serverAttributes(operation.server);
  if (service === undefined || server === undefined) return undefined;
  const attributes = [
    encodeNetlinkAttribute(SERVICE, Buffer.concat(service)),
    encodeNetlinkAttribute(SERVER, Buffer.concat(server)),
  ];
  return { command: COMMAND[operation.type], attributes: Buffer.concat(attributes) };
}

function serviceAttributes(key: ServiceKey): readonly Buffer[] | undefined {
  if (key.kind === 'mark') {
    return [u16(SERVICE_ATTRIBUTE.family, FAMILY[key.family]), u32(SERVICE_ATTRIBUTE.mark, key.mark >>> 0)];
  }
  const address = addressBytes(key.address);
  if (address === undefined) return undefined;
  return [
    u16(SERVICE_ATTRIBUTE.family, familyOf(address)),
    u16(SERVICE_ATTRIBUTE.protocol, PROTOCOL[key.protocol]),
    encodeNetlinkAttribute(SERVICE_ATTRIBUTE.address, padded(address)),
    networkOrder(SERVICE_ATTRIBUTE.port, key.port),
  ];
}

function serverAttributes(server: TableServer): readonly Buffer[] | undefined {
  const { forwarding, weight, upperThreshold, lowerThreshold, otherTunnel } = server;
  const place = placeAttributes(server);
  const fits =
    isWithin(weight, WEIGHT_LIMIT) &&
    isWithin(upperThreshold, THRESHOLD_LIMIT) &&
    isWithin(lowerThreshold, THRESHOLD_LIMIT);
  if (place === undefined || !fits || otherTunnel !== undefined) return undefined;
  return [
    ...place,
    u32(SERVER_ATTRIBUTE.forwarding, FORWARDING[forwarding]),
    u32(SERVER_ATTRIBUTE.weight, weight),
    u32(SERVER_ATTRIBUTE.upperThreshold, upperThreshold),
    u32(SERVER_ATTRIBUTE.lowerThreshold, lowerThreshold),
  ];
}

function placeAttributes({
  address: text,
  port,
}: Pick<TableServer, 'address' | 'port'>): readonly Buffer[] | undefined {
  const address = addressBytes(text);
  if (address === undefined || !isWithin(port, PORT_LIMIT)) return undefined;
  return [
    u16(SERVER_ATTRIBUTE.family, familyOf(address)),
    encodeNetlinkAttribute(SERVER_ATTRIBUTE.address, padded(address)),
    networkOrder(SERVER_ATTRIBUTE.port, port),
  ];
}

function familyOf(address: Buffer): number {
  return FAMILY[address.length === 4 ? 4 : 6];
}

/** The kernel's union of both families' addresses. */
function padded(address: Buffer): Buffer {
  return Buffer.concat([address, Buffer.alloc(ADDRESS_BYTES - address.length)]);
}

function isWithin(value: number, limit: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= limit;
}

function u16(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return encodeNetlinkAttribute(type, bytes);
}

function u32(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return encodeNetlinkAttribute(type, bytes);
}

function networkOrder(type: number, port: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(port);
  return encodeNetlinkAttribute(type, bytes);
}
