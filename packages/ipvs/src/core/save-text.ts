import {
  type Forwarding,
  type ServiceKey,
  type ServiceSettings,
  serverKeyText,
  type Table,
  type TableOperation,
  type TableServer,
} from './model.js';
import { sortTable } from './order.js';

/** ipvsadm's spelling, version 1.31: what `ipvsadm -Sn` prints and `ipvsadm -R` reads. */

const PROTOCOL_FLAG = { tcp: '-t', udp: '-u', sctp: '--sctp-service' } as const;

const FORWARDING_FLAG: Readonly<Record<Forwarding, string>> = {
  masquerade: '-m',
  direct: '-g',
  tunnel: '-i',
};

function keyWords(key: ServiceKey): string[] {
  if (key.kind === 'mark')
    return key.family === 6 ? ['-f', String(key.mark), '-6'] : ['-f', String(key.mark)];
  return [PROTOCOL_FLAG[key.protocol], serverKeyText(key)];
}

/** ipvsadm takes marks up to 2^32 - 1 and prints the upper half of them as negative numbers. */
function savedKeyWords(key: ServiceKey): string[] {
  return keyWords(key.kind === 'mark' ? { ...key, mark: key.mark | 0 } : key);
}

function settingsWords(service: ServiceSettings): string[] {
  const words = ['-s', service.scheduler];
  if (service.persistentSeconds > 0) {
    words.push('-p', String(service.persistentSeconds));
    if (service.persistenceMask !== undefined) words.push('-M', service.persistenceMask);
  }
  if (service.otherWords !== undefined) words.push(...service.otherWords.split(' '));
  if (service.onePacket) words.push('-o');
  if (service.schedulerFlags.length > 0) words.push('-b', service.schedulerFlags.join(','));
  return words;
}

/** The words that `-Sn` prints of a server; thresholds are not among them. */
function savedServerWords(server: TableServer): string[] {
  const { forwarding, weight } = server;
  const words = ['-r', serverKeyText(server), FORWARDING_FLAG[forwarding], '-w', String(weight)];
  if (forwarding !== 'tunnel') return words;
  return [...words, ...(server.otherTunnel?.split(' ') ?? ['--tun-type', 'ipip'])];
}

function serverWords(server: TableServer): string[] {
  const words = savedServerWords(server);
  if (server.upperThreshold > 0) words.push('-x', String(server.upperThreshold));
  if (server.lowerThreshold > 0) words.push('-y', String(server.lowerThreshold));
  return words;
}

/** The words of one ipvsadm call that carries an operation out. */
export function operationArguments(operation: TableOperation): readonly string[] {
  switch (operation.type) {
    case 'addService':
      return ['-A', ...keyWords(operation.service.key), ...settingsWords(operation.service)];
    case 'editService':
      return ['-E', ...keyWords(operation.service.key), ...settingsWords(operation.service)];
    case 'deleteService':
      return ['-D', ...keyWords(operation.key)];
    case 'addServer':
      return ['-a', ...keyWords(operation.key), ...serverWords(operation.server)];
    case 'editServer':
      return ['-e', ...keyWords(operation.key), ...serverWords(operation.server)];
    case 'deleteServer':
      return ['-d', ...keyWords(operation.key), '-r', serverKeyText(operation)];
  }
}

/** One line for logs and plans, such as `-a -t 10.0.0.9:80 -r 10.0.0.11:80 -m -w 1`. */
export function operationText(operation: TableOperation): string {
  return operationArguments(operation).join(' ');
}

/** The lines that `ipvsadm -Sn` prints for a table, in its order. */
export function saveLines(table: Table): readonly string[] {
  return sortTable(table).services.flatMap(({ servers, ...service }) => [
    ['-A', ...savedKeyWords(service.key), ...settingsWords(service)].join(' '),
    ...servers.map((server) => ['-a', ...savedKeyWords(service.key), ...savedServerWords(server)].join(' ')),
  ]);
}
