import { copyFile, rename, rm } from 'node:fs/promises';
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
 * Loads an lvs.cf and keeps a copy of it when it is good. With `isRestart` a broken file is answered by that copy.
 * Never rejects: what is wrong is in the diagnostics; a copy that cannot be written only means no copy.
 */
export async function loadWithLastGood(
  file: string,
  copy: string,
  isRestart: boolean,
): Promise<LastGoodResult> {
  const result = await loadConfiguration(file);
  if (result.configuration !== undefined) {
    await keepCopy(file, copy);
    return { result, usesLastGood: false };
  }
  if (!isRestart) return { result, usesLastGood: false };
  const last = await loadConfiguration(copy);
  return last.configuration === undefined
    ? { result, usesLastGood: false }
    : { result: last, usesLastGood: true, broken: result };
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
