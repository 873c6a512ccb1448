import { ALWAYS_UP, type DraftCheck } from './draft.js';
import type { Ledger, Statement } from './ledger.js';
import type { Read } from './scope.js';

/** A server's check as the source has it. */
interface CheckedEntry {
  /** The server's statement. */
  readonly statement: Statement;
  readonly found: { readonly statement: Statement; readonly check: DraftCheck } | undefined;
}

function keyOf(check: DraftCheck): string {
  return JSON.stringify([check.send, check.expect, check.useRegex, check.program]);
}

/**
 * What the servers of a service are checked with: one check for all, that of the most; notes for the others. Without
 * any they count as up for ever.
 */
export function commonCheck(ledger: Ledger, servers: readonly CheckedEntry[]): DraftCheck {
  const counts = new Map<string, number>();
  for (const { found } of servers) {
    if (found) counts.set(keyOf(found.check), (counts.get(keyOf(found.check)) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  const first = servers.find(({ found }) => found && counts.get(keyOf(found.check)) === most)?.found;
  if (first === undefined) return ALWAYS_UP;
  const reason = `all servers of a service are checked alike: as in line ${first.statement.line}`;
  for (const { statement, found } of servers) {
    if (found === undefined) ledger.note(statement, reason);
    else if (keyOf(found.check) !== keyOf(first.check)) ledger.noteAll(found.statement, reason);
  }
  return first.check;
}

/**
 * Seconds between two checks, which are the limit of each step too: the longer one of both, so that no server counts as
 * dead that the source would wait for. A limit that is not this number gets a note.
 */
export function checkSeconds(
  ledger: Ledger,
  intervalSeconds: number,
  limits: readonly (Read<number> | undefined)[],
): number {
  const known = limits.filter((one) => one !== undefined);
  const seconds = Math.max(intervalSeconds, ...known.map(({ value }) => value));
  for (const { value, statement } of known) {
    if (value > intervalSeconds) {
      const reason = `timeout is both interval and limit: ${seconds} s is written, the source checks every ${intervalSeconds} s`;
      ledger.note(statement, reason);
    } else if (value < seconds) {
      ledger.note(statement, `timeout is both interval and limit: a step of a check may take ${seconds} s`);
    }
  }
  return seconds;
}
