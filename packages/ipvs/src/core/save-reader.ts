import type { Forwarding, ServiceKey, ServiceSettings, Table, TableOperation, TableServer } from './model.js';
import { readEndpoint, readMark } from './spelling.js';
import { TableBuilder } from './table-builder.js';

/** Reads ipvsadm's own text, as `ipvsadm -Sn` of version 1.31 prints it. */

/** A line that could not be read; the others still were. */
interface SaveTextProblem {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

export interface SaveTextResult {
  readonly table: Table;
  readonly problems: readonly SaveTextProblem[];
}

/** 10,000 servers make about a megabyte. */
const TEXT_LIMIT = 64 * 1024 * 1024;

class LineError extends Error {}

class Words {
  private at = 0;

  constructor(private readonly all: readonly string[]) {}

  next(): string | undefined {
    const word = this.all[this.at];
    this.at += 1;
    return word;
  }

  value(option: string): string {
    const word = this.next();
    if (word === undefined) throw new LineError(`${option} without a value`);
    return word;
  }

  /** What stands between commas; nothing, if a flag has no name (ipvsadm then prints an empty list). */
  list(): readonly string[] {
    const word = this.all[this.at];
    if (word === undefined || word.startsWith('-')) return [];
    this.at += 1;
    return word.split(',');
  }

  number(option: string): number {
    const text = this.value(option);
    if (!/^[0-9]{1,10}$/.test(text)) throw new LineError(`${option} ${text} is not a number`);
    return Number(text);
  }
}

function endpointOf(text: string): { readonly address: string; readonly port: number } {
  const endpoint = readEndpoint(text);
  if (endpoint === undefined) throw new LineError(`${text} is not an address with a port`);
  return endpoint;
}

function markOf(text: string): number {
  const mark = readMark(text);
  if (mark === undefined) throw new LineError(`${text} is not a firewall mark`);
  return mark;
}

const PROTOCOLS = { '-t': 'tcp', '-u': 'udp', '--sctp-service': 'sctp' } as const;
const FORWARDINGS: Readonly<Record<string, Forwarding>> = {
  '-m': 'masquerade',
  '-g': 'direct',
  '-i': 'tunnel',
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Draft {
  key: ServiceKey | undefined;
  readonly settings: Mutable<Omit<ServiceSettings, 'key'>>;
  readonly server: Mutable<TableServer> & { given: boolean };
}

function emptyDraft(): Draft {
  return {
    key: undefined,
    settings: {
      scheduler: 'wlc',
      schedulerFlags: [],
      persistentSeconds: 0,
      persistenceMask: undefined,
      onePacket: false,
    },
    server: {
      address: '',
      port: 0,
      forwarding: 'direct',
      weight: 1,
      upperThreshold: 0,
      lowerThreshold: 0,
      given: false,
    },
  };
}

function readServiceWord(word: string, words: Words, draft: Draft): boolean {
  const { settings } = draft;
  if (word === '-t' || word === '-u' || word === '--sctp-service') {
    draft.key = { kind: 'address', protocol: PROTOCOLS[word], ...endpointOf(words.value(word)) };
  } else if (word === '-f') draft.key = { kind: 'mark', mark: markOf(words.value(word)), family: 4 };
  else if (word === '-6' && draft.key?.kind === 'mark') draft.key = { ...draft.key, family: 6 };
  else if (word === '-s') settings.scheduler = words.value(word);
  else if (word === '-p') settings.persistentSeconds = words.number(word);
  else if (word === '-M') settings.persistenceMask = words.value(word);
  else if (word === '-o') settings.onePacket = true;
  else if (word === '-b') settings.schedulerFlags = words.list();
  else if (word === '--pe') settings.otherWords = `${word} ${words.value(word)}`;
  else return false;
  return true;
}

function readServerWord(word: string, words: Words, draft: Draft): boolean {
  const { server } = draft;
  const forwarding = FORWARDINGS[word];
  if (word === '-r') Object.assign(server, endpointOf(words.value(word)), { given: true });
  else if (forwarding !== undefined) server.forwarding = forwarding;
  else if (word === '-w') server.weight = words.number(word);
  else if (word === '-x') server.upperThreshold = words.number(word);
  else if (word === '-y') server.lowerThreshold = words.number(word);
  else if (word.startsWith('--tun-')) readTunnelWord(word, words, server);
  else return false;
  return true;
}

/** A tunnel of another type than ours is carried along as it is written. */
function readTunnelWord(word: string, words: Words, server: Draft['server']): void {
  const text = word === '--tun-type' || word === '--tun-port' ? `${word} ${words.value(word)}` : word;
  if (text === '--tun-type ipip') return;
  server.otherTunnel = server.otherTunnel === undefined ? text : `${server.otherTunnel} ${text}`;
}

function readLine(line: string): Extract<TableOperation, { type: 'addService' | 'addServer' }> {
  const words = new Words(line.trim().split(/\s+/));
  const command = words.next();
  if (command !== '-A' && command !== '-a') throw new LineError(`${command ?? ''} is neither -A nor -a`);
  const draft = emptyDraft();
  for (let word = words.next(); word !== undefined; word = words.next()) {
    const known =
      readServiceWord(word, words, draft) || (command === '-a' && readServerWord(word, words, draft));
    if (!known) throw new LineError(`unknown word ${word}`);
  }
  const { key, settings } = draft;
  if (key === undefined) throw new LineError('no service named');
  if (command === '-A') return { type: 'addService', service: { key, ...settings } };
  const { given, ...server } = draft.server;
  if (!given) throw new LineError('no server named');
  return { type: 'addServer', key, server };
}

/** Reads the whole text; a line that makes no sense is reported and left out. */
export function parseSaveText(text: string): SaveTextResult {
  const builder = new TableBuilder();
  const problems: SaveTextProblem[] = [];
  if (text.length > TEXT_LIMIT)
    return { table: builder.table(), problems: [{ line: 0, text: 'over 64 MiB of text' }] };
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      const operation = readLine(line);
      const refusal = builder.refusalOf(operation);
      if (refusal !== undefined) throw new LineError(refusal);
      builder.carryOut(operation);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      problems.push({ line: index + 1, text: error.message });
    }
  }
  return { table: builder.table(), problems };
}
