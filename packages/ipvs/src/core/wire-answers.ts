import type { OperationResult, ServerStatistics, ServiceStatistics } from '../director.js';
import { fieldsOf, integerOf, listOf, readServiceKey, textOf } from './wire.js';

const MOST = Number.MAX_SAFE_INTEGER;

function readResult(value: unknown, path: string): OperationResult {
  const { ok, message } = fieldsOf(value, path);
  if (ok === true) return { ok: true };
  return { ok: false, message: textOf(message, `${path}.message`) };
}

/** Reads the answer of a `table.apply` of `count` operations. */
export function readResults(value: unknown, count: number): OperationResult[] {
  const results = listOf(value, 'results', readResult);
  integerOf(results.length, 'results.length', count, count);
  return results;
}

function readCounters(value: unknown, path: string) {
  const fields = fieldsOf(value, path);
  const counter = (name: string) => integerOf(fields[name], `${path}.${name}`, 0, MOST);
  return {
    connections: counter('connections'),
    packetsIn: counter('packetsIn'),
    packetsOut: counter('packetsOut'),
    bytesIn: counter('bytesIn'),
    bytesOut: counter('bytesOut'),
  };
}

function readServerStatistics(value: unknown, path: string): ServerStatistics {
  const fields = fieldsOf(value, path);
  const integer = (name: string, high: number) => integerOf(fields[name], `${path}.${name}`, 0, high);
  return {
    address: textOf(fields.address, `${path}.address`),
    port: integer('port', 65_535),
    activeConnections: integer('activeConnections', MOST),
    inactiveConnections: integer('inactiveConnections', MOST),
    persistentConnections: integer('persistentConnections', MOST),
    ...readCounters(value, path),
  };
}

function readServiceStatistics(value: unknown, path: string): ServiceStatistics {
  const fields = fieldsOf(value, path);
  return {
    key: readServiceKey(fields.key, `${path}.key`),
    ...readCounters(value, path),
    servers: listOf(fields.servers, `${path}.servers`, readServerStatistics),
  };
}

/** Reads the answer of `statistics`. */
export function readStatisticsValue(value: unknown): ServiceStatistics[] {
  return listOf(value, 'statistics', readServiceStatistics);
}
