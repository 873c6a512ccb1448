import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { UserError } from '@piranha/common';
import { type KeyFileProblem, parseBeatKeys } from '../core/beat-key-file.js';

const LIMIT_BYTES = 16_384;

/** The keys of a node. A KeyObject shows its secret neither in a log line nor as JSON. */
export interface BeatKeyRing {
  /** Id of the key by which this node sends. */
  readonly sendId: number;
  /** By id; packets of each of them are accepted. */
  readonly secrets: ReadonlyMap<number, KeyObject>;
}

/**
 * Reads the key file. It must be a plain file of root or of this user that nobody else may read or write; this is
 * checked on the open file, so that it cannot be swapped in between, and a symbolic link is not followed.
 * @throws UserError `BEAT_KEYS_READ`, `_LINK`, `_NO_FILE`, `_OWNER`, `_MODE`, `_TOO_LARGE`, and those of a wrong line with
 * `FILE:LINE:COLUMN`: `_SYNTAX`, `_ID`, `_SECRET`, `_WEAK`, `_DUPLICATE`, `_SEND`, `_EMPTY`, `_TOO_MANY`
 */
export function loadBeatKeys(path: string): BeatKeyRing {
  const verdict = parseBeatKeys(readPrivateFile(path));
  if (verdict.type === 'problem') throw lineError(path, verdict.problem);
  const { sendId, secrets } = verdict.keys;
  const keyed = [...secrets].map(([id, secret]) => {
    const key = createSecretKey(secret);
    secret.fill(0);
    return [id, key] as const;
  });
  return { sendId, secrets: new Map(keyed) };
}

/** A new line for a key file: 32 random bytes. `id` is 1 to 2^32 - 1. */
export function newBeatKeyLine(id: number): string {
  return `${id} ${randomBytes(32).toString('hex')}`;
}

/** A boot id for a life that begins: 64 random bits as 16 hexadecimal digits. */
export function newBootId(): string {
  return randomBytes(8).toString('hex');
}

function lineError(path: string, { place, code, text, hint }: KeyFileProblem): UserError {
  const where = place === undefined ? path : `${path}:${place.line}:${place.column}`;
  return new UserError(`${where}: ${text}`, { code, hint });
}

function fileError(path: string, code: string, text: string, hint: string): UserError {
  return new UserError(`${path}: ${text}`, { code: `BEAT_KEYS_${code}`, hint });
}

function readPrivateFile(path: string): string {
  const descriptor = openPrivate(path);
  const bytes = Buffer.alloc(LIMIT_BYTES + 1);
  try {
    checkPrivate(path, fstatSync(descriptor));
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(descriptor, bytes, length, bytes.length - length, null);
    }
    if (length > LIMIT_BYTES) {
      throw fileError(path, 'TOO_LARGE', `larger than ${LIMIT_BYTES} bytes`, 'is this a key file?');
    }
    return bytes.toString('utf8', 0, length);
  } finally {
    bytes.fill(0);
    closeSync(descriptor);
  }
}

function openPrivate(path: string): number {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    // Without O_NONBLOCK a pipe of that name would be waited for.
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code === 'ELOOP') throw fileError(path, 'LINK', 'a symbolic link', 'name the file itself');
    throw fileError(path, 'READ', `cannot be read: ${code}`, 'give a file that this user may read');
  }
}

function checkPrivate(path: string, stats: Stats): void {
  if (!stats.isFile()) throw fileError(path, 'NO_FILE', 'no plain file', 'name the key file');
  if (stats.uid !== 0 && stats.uid !== process.geteuid?.()) {
    throw fileError(
      path,
      'OWNER',
      `belongs to user ${stats.uid}`,
      'chown it to root or to the user of pulse',
    );
  }
  const mode = stats.mode & 0o7777;
  if (mode !== 0o600 && mode !== 0o400) {
    const text = `has mode ${mode.toString(8).padStart(4, '0')}, not 0600 or 0400`;
    throw fileError(path, 'MODE', text, 'chmod 600 it; who may have read it may forge heartbeats');
  }
}
