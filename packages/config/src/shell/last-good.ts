import { copyFile, rename, rm } from 'node:fs/promises';
import { withoutCutFile } from '../core/cut-file.js';
import type { LoadResult } from '../model.js';
import { loadConfiguration } from './load.js';

export interface LastGoodResult {
  readonly result: LoadResult;
  /** The file is broken and the copy of the last good one was taken instead. */
  readonly usesLastGood: boolean;
  /** What is wrong with the file itself, when the copy was taken. */
  readonly broken?: LoadResult;
}

/**
 * Why the file is read: an operator starts a daemon, which died and is `restart`ed, or reads the file again (`reload`).
 * A daemon that serves takes no file that ends inside a block: it may be half copied.
 */
export type LoadOccasion = 'start' | 'restart' | 'reload';

/**
 * Loads an lvs.cf and keeps a copy of it when it is good. At a restart a broken file is answered by that copy.
 * Never rejects: what is wrong is in the diagnostics; a copy that cannot be written only means no copy.
 * @param copy undefined: none is kept
 */
export async function loadFor(
  occasion: LoadOccasion,
  file: string,
  copy: string | undefined,
): Promise<LastGoodResult> {
  const read = await loadConfiguration(file);
  const result = occasion === 'start' ? read : withoutCutFile(read);
  if (result.configuration !== undefined) {
    if (copy !== undefined) await keepCopy(file, copy);
    return { result, usesLastGood: false };
  }
  if (occasion !== 'restart' || copy === undefined) return { result, usesLastGood: false };
  const last = await loadConfiguration(copy);
  // It was started with this very file.
  if (last.configuration === undefined || last.hash === read.hash)
    return { result: read, usesLastGood: false };
  return { result: last, usesLastGood: true, broken: result };
}

async function keepCopy(file: string, copy: string): Promise<void> {
  const temporary = `${copy}.${process.pid}`;
  try {
    await copyFile(file, temporary);
    await rename(temporary, copy);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}
