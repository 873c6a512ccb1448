import { setTimeout as wait } from 'node:timers/promises';
import { certificatesProblem, headersOfFile, passwordOf } from '../core/check-file-texts.js';
import type { Mention } from '../mention-model.js';
import type { Diagnostic } from '../model.js';
import { CHECK_FILES, type CheckFileKind, readCheckFile } from './check-file.js';

/** A file system that does not answer must not hold up who asks, ms. */
const LOOK_LIMIT_MS = 2_000;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
const FAILS = 'the check would fail';

const HINTS: Readonly<Record<CheckFileKind, string>> = {
  certificates: 'a file of certificates in PEM that the daemons can read',
  headers: 'lines as "Name: value" in a file of mode 600 that belongs to the user of lvsd',
  password: 'one line in a file of mode 600 that belongs to the user of lvsd',
};

interface FileMention extends Mention {
  readonly kind: CheckFileKind;
}

function isFile(mention: Mention): mention is FileMention {
  return Object.hasOwn(CHECK_FILES, mention.kind);
}

/**
 * What is wrong on this machine with the files that checks read. Warnings alone: each check reads them anew, and says
 * so itself as long as they are wrong.
 */
export async function checkFileFindings(mentions: readonly Mention[]): Promise<Diagnostic[]> {
  const looks = new Map<string, Promise<string | undefined>>();
  const findings = await Promise.all(
    mentions.filter(isFile).map(async ({ kind, word, value, line, column }) => {
      const key = `${kind} ${value}`;
      const look = looks.get(key) ?? within(problemOf(value, kind));
      looks.set(key, look);
      const problem = await look;
      if (problem === undefined) return [];
      const text = `${word} ${value}: ${problem}`;
      return [{ severity: 'warning', code: 'CF_CHECK_FILE', line, column, text, hint: HINTS[kind] } as const];
    }),
  );
  return findings.flat();
}

async function within(look: Promise<string | undefined>): Promise<string | undefined> {
  const ended = new AbortController();
  const late = wait(LOOK_LIMIT_MS, `it cannot be read in time; ${FAILS}`, {
    signal: ended.signal,
    ref: false,
  });
  try {
    return await Promise.race([look, late.catch(() => undefined)]);
  } finally {
    ended.abort();
  }
}

async function problemOf(path: string, kind: CheckFileKind): Promise<string | undefined> {
  const { problem, outcome = FAILS } = await lookAt(path, kind);
  return problem === undefined ? undefined : `${problem}; ${outcome}`;
}

async function lookAt(
  path: string,
  kind: CheckFileKind,
): Promise<{ readonly problem: string | undefined; readonly outcome?: string }> {
  const read = await readCheckFile(path, kind);
  if (!read.ok) {
    // Whoever looks may see less than the daemons.
    const isBlind = read.problem === 'EACCES' && process.getuid?.() !== 0;
    return { problem: isBlind ? undefined : read.problem };
  }
  if (kind === 'certificates') {
    return { problem: certificatesProblem(read.text) ?? (await unusable(read.text)) };
  }
  if (kind === 'password') {
    const password = passwordOf(read.text);
    return { problem: password.ok ? undefined : password.problem };
  }
  const headers = headersOfFile(read.text);
  if (headers === undefined) return { problem: 'it has a line that is no header' };
  if (headers.length > 0) return { problem: undefined };
  return { problem: 'it is empty', outcome: 'no header would be added' };
}

/** Why a certificate is none: TLS skips such a one in silence, and trusts nobody for it. */
async function unusable(text: string): Promise<string | undefined> {
  const { X509Certificate } = await import('node:crypto');
  try {
    for (const [block] of text.matchAll(CERTIFICATE)) new X509Certificate(block);
    return undefined;
  } catch (error) {
    return `it is no PEM file of certificates: ${(error as NodeJS.ErrnoException).code ?? 'unreadable'}`;
  }
}
