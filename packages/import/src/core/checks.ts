import { type ClassicCheck, type DraftCheck, type DraftServer, PING } from './draft.js';
import type { Ledger, Statement } from './ledger.js';
import { canBeWritten } from './writer-words.js';

/** Kinds of check blocks that ask no port of the server. */
const WITHOUT_PORT: readonly DraftCheck['kind'][] = ['ping', 'file', 'fixed', 'program'];

/** True where one of the checks needs a port that nobody said. */
export function lacksPort({ checks, port, checkPort }: DraftServer): boolean {
  if ((checkPort ?? port) > 0) return false;
  return checks.length === 0 || checks.some(needsPort);
}

function needsPort({ kind, words }: DraftCheck): boolean {
  return !WITHOUT_PORT.includes(kind) && words.connect_port === undefined;
}

/** The same server with pings in the place of the checks that have no port to ask. */
export function pinged(server: DraftServer): DraftServer {
  const kept = server.checks.filter((check) => !needsPort(check) && check.kind !== 'ping');
  return { ...server, checks: [...kept, PING] };
}

/** A server's classic check as the source has it. */
export interface ClassicEntry {
  readonly statement: Statement;
  readonly classic: ClassicCheck;
}

function keyOf({ send, expect, useRegex }: ClassicCheck): string {
  return JSON.stringify([send, expect, useRegex]);
}

/** `send` and `expect` stand in a virtual block alone: those of most servers, and notes for the others. */
export function commonClassic(ledger: Ledger, entries: readonly ClassicEntry[]): ClassicCheck {
  const counts = new Map<string, number>();
  for (const { classic } of entries) counts.set(keyOf(classic), (counts.get(keyOf(classic)) ?? 0) + 1);
  const most = Math.max(...counts.values());
  const first = entries.find(({ classic }) => counts.get(keyOf(classic)) === most);
  if (first === undefined) return {};
  for (const { statement, classic } of entries) {
    if (keyOf(classic) === keyOf(first.classic)) continue;
    ledger.noteAll(
      statement,
      `send and expect are those of all servers of a service: as in line ${first.statement.line}`,
    );
  }
  return first.classic;
}

/** A path that a request for a page can have: from / on, without blanks and quotes; undefined for others. */
export function pagePath(text: string): string | undefined {
  const path = text.startsWith('/') || /^[a-z]+:\/\//.test(text) ? text : `/${text}`;
  return /[\\\s"']/.test(path) || !path.startsWith('/') || !canBeWritten(path) ? undefined : path;
}

/** A host for the Host header, or undefined. */
export function pageHost(text: string): string | undefined {
  return /^[A-Za-z0-9._:[\]-]+$/.test(text) ? text : undefined;
}
