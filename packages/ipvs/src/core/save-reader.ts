import { tryOperation } from './apply.js';
import type { Forwarding, ServiceKey, ServiceSettings, Table, TableOperation, TableServer } from './model.js';

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

  constructor(private readonly list: readonly string[]) {}

  next(): string | undefined {
    const word = this.list[this.at];
    this.at += 1;
    return word;
  }

  value(option: string): string {
    const word = this.next();
    if (word === undefined) throw new LineError(`${option} without a value`);
    return word;
  }

  number(option: string): number {
    const text = this.value(option);
    if (!/^[0-9]{1,10}$/.test(text)) throw new LineError(`${option} ${text} is not a number`);
    return Number(text);
  }
}

function readEndpoint(text: string): { address: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):([0-9]{1,5})$/.exec(text);
  const address = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (address === undefined || port > 65_535) throw new LineError(`${text} is not an address with a port`);
  return { address, port };
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
    draft.key = { kind: 'address', protocol: PROTOCOLS[word], ...readEndpoint(words.value(word)) };
  } else if (word === '-f') draft.key = { kind: 'mark', mark: words.number(word), family: 4 };
  else if (word === '-6' && draft.key?.kind === 'mark') draft.key = { ...draft.key, family: 6 };
  else if (word === '-s') settings.scheduler = words.value(word);
  else if (word === '-p') settings.persistentSeconds = words.number(word);
  else if (word === '-M') settings.persistenceMask = words.value(word);
  else if (word === '-o') settings.onePacket = true;
  else if (word === '-b') settings.schedulerFlags = words.value(word).split(',');
  else return false;
  return true;
}

function readServerWord(word: string, words: Words, draft: Draft): boolean {
  const { server } = draft;
  const forwarding = FORWARDINGS[word];
  if (word === '-r') Object.assign(server, readEndpoint(words.value(word)), { given: true });
  else if (forwarding !== undefined) server.forwarding = forwarding;
  else if (word === '-w') server.weight = words.number(word);
  else if (word === '-x') server.upperThreshold = words.number(word);
  else if (word === '-y') server.lowerThreshold = words.number(word);
  else if (word === '--tun-type') {
    if (words.value(word) !== 'ipip') throw new LineError('only --tun-type ipip is known');
  } else return false;
  return true;
}

function readLine(line: string): TableOperation {
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
  let table: Table = { services: [] };
  const problems: SaveTextProblem[] = [];
  if (text.length > TEXT_LIMIT) return { table, problems: [{ line: 0, text: 'over 64 MiB of text' }] };
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      const operation = readLine(line);
      const result = tryOperation(table, operation);
      if (!result.ok) throw new LineError(result.message);
      table = result.table;
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      problems.push({ line: index + 1, text: error.message });
    }
  }
  return { table, problems };
}
