import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expandBraces, fitsPattern, isPattern } from '../core/glob.js';
import type { IncludeReader } from '../core/keepalived/source.js';
import type { SourceText } from '../core/notes.js';

const FILE_LIMIT_BYTES = 4 * 1024 * 1024;
const TOTAL_LIMIT_BYTES = 16 * 1024 * 1024;
const FILES_LIMIT = 1_000;
const NAMES_LIMIT = 10_000;

/** Why a file cannot be read, for a note. */
class Unreadable extends Error {}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** Reads an ordinary file of at most 4 MiB. */
function readOrdinary(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    if (!fstatSync(descriptor).isFile()) throw new Unreadable(`${file} is no ordinary file`);
    if (size > FILE_LIMIT_BYTES)
      throw new Unreadable(`${file} is larger than ${FILE_LIMIT_BYTES / 1024 / 1024} MiB`);
    const bytes = Buffer.alloc(size);
    const length = readSync(descriptor, bytes, 0, size, 0);
    return bytes.toString('utf8', 0, length);
  } finally {
    closeSync(descriptor);
  }
}

/** The file's text, or the reason why there is none. */
export function readNamed(file: string): SourceText | string {
  try {
    return { file, text: readOrdinary(file) };
  } catch (error) {
    if (error instanceof Unreadable) return error.message;
    return `${file} cannot be read: ${codeOf(error)}`;
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory === '' ? '.' : directory).slice(0, NAMES_LIMIT);
  } catch {
    return [];
  }
}

/** Paths that fit a pattern, sorted; a pattern without signs is the path itself. */
function pathsFor(pattern: string): readonly string[] {
  let paths = [pattern.startsWith('/') ? '/' : ''];
  for (const part of pattern.split('/').filter((one) => one !== '')) {
    paths = paths.flatMap((front) => {
      if (!isPattern(part)) return [join(front, part)];
      const fitting = namesIn(front).filter((name) => fitsPattern(name, part));
      return fitting.toSorted().map((name) => join(front, name));
    });
    if (paths.length > NAMES_LIMIT) return [];
  }
  return paths;
}

/**
 * Reads what `include` names, relative to the file that includes: ordinary files of at most 4 MiB each, together 16 MiB
 * and 1,000 files.
 */
export function includeReader(): IncludeReader {
  let files = 0;
  let bytes = 0;
  return (pattern, from) => {
    const whole = pattern.startsWith('/') ? pattern : join(dirname(from), pattern);
    const paths = expandBraces(whole).flatMap(pathsFor);
    if (pattern === '' || paths.length === 0) return 'it names no file that is there';
    const sources: SourceText[] = [];
    for (const path of paths) {
      files += 1;
      if (files > FILES_LIMIT) return `more than ${FILES_LIMIT} files are included`;
      const source = readNamed(path);
      if (typeof source === 'string') return source;
      bytes += source.text.length;
      if (bytes > TOTAL_LIMIT_BYTES) return `more than ${TOTAL_LIMIT_BYTES / 1024 / 1024} MiB are included`;
      sources.push(source);
    }
    return sources;
  };
}
