import { UserError } from '@piranha/common';
import type { TableTimeouts } from '../director.js';
import type {
  Forwarding,
  ServiceKey,
  ServiceSettings,
  Table,
  TableOperation,
  TableServer,
  TableService,
} from './model.js';

/**
 * Checks what arrives on a socket as a part of the table model. Every reader throws UserError `CONTROL_BAD_PARAMS`
 * with the path of the first wrong value; unknown members are dropped.
 */

/** Most operations in one request. */
const OPERATION_LIMIT = 100_000;
const TEXT_LIMIT = 256;
/** ipvsadm's largest weight and threshold. */
const WEIGHT_LIMIT = 2_147_483_647;
const SECONDS_LIMIT = 2_678_400;

type Fields = Readonly<Record<string, unknown>>;

function bad(path: string, wanted: string): UserError {
  return new UserError(`${path}: ${wanted} expected`, {
    code: 'CONTROL_BAD_PARAMS',
    hint: 'both sides must be of one suite version',
  });
}

export function fieldsOf(value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(path, 'object');
  return value as Fields;
}

export function listOf<T>(value: unknown, path: string, read: (item: unknown, path: string) => T): T[] {
  if (!Array.isArray(value) || value.length > OPERATION_LIMIT) throw bad(path, 'list of bounded length');
  return value.map((item, index) => read(item, `${path}[${index}]`));
}

export function textOf(value: unknown, path: string): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > TEXT_LIMIT) throw bad(path, 'text');
  return value;
}

export function integerOf(value: unknown, path: string, low: number, high: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
    throw bad(path, `integer from ${low} to ${high}`);
  }
  return value;
}

function oneOf<T extends string>(value: unknown, path: string, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found === undefined) throw bad(path, words.join(', '));
  return found;
}

const PROTOCOLS = ['tcp', 'udp', 'sctp'] as const;
const FORWARDINGS: readonly Forwarding[] = ['masquerade', 'direct', 'tunnel'];

/** Reads a service's key. */
export function readServiceKey(value: unknown, path = 'key'): ServiceKey {
  const fields = fieldsOf(value, path);
  if (oneOf(fields.kind, `${path}.kind`, ['address', 'mark']) === 'mark') {
    return {
      kind: 'mark',
      mark: integerOf(fields.mark, `${path}.mark`, 1, 0xffff_ffff),
      family: integerOf(fields.family, `${path}.family`, 4, 6) === 6 ? 6 : 4,
    };
  }
  return {
    kind: 'address',
    protocol: oneOf(fields.protocol, `${path}.protocol`, PROTOCOLS),
    address: textOf(fields.address, `${path}.address`),
    port: integerOf(fields.port, `${path}.port`, 0, 65_535),
  };
}

function readServer(value: unknown, path: string): TableServer {
  const fields = fieldsOf(value, path);
  return {
    address: textOf(fields.address, `${path}.address`),
    port: integerOf(fields.port, `${path}.port`, 0, 65_535),
    forwarding: oneOf(fields.forwarding, `${path}.forwarding`, FORWARDINGS),
    weight: integerOf(fields.weight, `${path}.weight`, 0, WEIGHT_LIMIT),
    upperThreshold: integerOf(fields.upperThreshold, `${path}.upperThreshold`, 0, WEIGHT_LIMIT),
    lowerThreshold: integerOf(fields.lowerThreshold, `${path}.lowerThreshold`, 0, WEIGHT_LIMIT),
    ...(fields.otherTunnel === undefined
      ? {}
      : { otherTunnel: textOf(fields.otherTunnel, `${path}.otherTunnel`) }),
  };
}

function readSettings(value: unknown, path: string): ServiceSettings {
  const fields = fieldsOf(value, path);
  if (typeof fields.onePacket !== 'boolean') throw bad(`${path}.onePacket`, 'boolean');
  const mask = fields.persistenceMask;
  return {
    key: readServiceKey(fields.key, `${path}.key`),
    scheduler: textOf(fields.scheduler, `${path}.scheduler`),
    schedulerFlags: listOf(fields.schedulerFlags, `${path}.schedulerFlags`, textOf),
    persistentSeconds: integerOf(fields.persistentSeconds, `${path}.persistentSeconds`, 0, SECONDS_LIMIT),
    // JSON has no undefined: an absent mask may also arrive as null.
    persistenceMask:
      mask === undefined || mask === null ? undefined : textOf(mask, `${path}.persistenceMask`),
    onePacket: fields.onePacket,
    ...(fields.otherWords === undefined
      ? {}
      : { otherWords: textOf(fields.otherWords, `${path}.otherWords`) }),
  };
}

const OPERATION_TYPES = [
  'addService',
  'editService',
  'deleteService',
  'addServer',
  'editServer',
  'deleteServer',
] as const;

function readOperation(value: unknown, path: string): TableOperation {
  const fields = fieldsOf(value, path);
  const type = oneOf(fields.type, `${path}.type`, OPERATION_TYPES);
  switch (type) {
    case 'addService':
    case 'editService':
      return { type, service: readSettings(fields.service, `${path}.service`) };
    case 'deleteService':
      return { type, key: readServiceKey(fields.key, `${path}.key`) };
    case 'addServer':
    case 'editServer':
      return {
        type,
        key: readServiceKey(fields.key, `${path}.key`),
        server: readServer(fields.server, `${path}.server`),
      };
    case 'deleteServer':
      return {
        type,
        key: readServiceKey(fields.key, `${path}.key`),
        address: textOf(fields.address, `${path}.address`),
        port: integerOf(fields.port, `${path}.port`, 0, 65_535),
      };
  }
}

/** Reads the operations of a `table.apply`, at most 100,000. */
export function readOperations(value: unknown): TableOperation[] {
  return listOf(fieldsOf(value, 'params').operations, 'operations', readOperation);
}

function readService(value: unknown, path: string): TableService {
  const servers = listOf(fieldsOf(value, path).servers, `${path}.servers`, readServer);
  return { ...readSettings(value, path), servers };
}

/** Reads the answer of a `table.read`. */
export function readTableValue(value: unknown): Table {
  return { services: listOf(fieldsOf(value, 'table').services, 'services', readService) };
}

/** Reads the parameters of `timeouts`: seconds, 0 leaves a value as it is. */
export function readTimeouts(value: unknown): TableTimeouts {
  const fields = fieldsOf(value, 'timeouts');
  const seconds = (name: keyof TableTimeouts) =>
    integerOf(fields[name], `timeouts.${name}`, 0, SECONDS_LIMIT);
  return {
    tcpSeconds: seconds('tcpSeconds'),
    tcpFinSeconds: seconds('tcpFinSeconds'),
    udpSeconds: seconds('udpSeconds'),
  };
}
