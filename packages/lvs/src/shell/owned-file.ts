import { readFileSync, rmSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';

/** No owned file of ours grows to this, bytes: 100,000 entries have a tenth of it. */
const SIZE_LIMIT_BYTES = 64 * 1024 * 1024;

/** Keys of the entries that an earlier lvsd owned; none when there is no file that can be read. */
export function readOwned(path: string): ReadonlySet<string> {
  try {
    if (statSync(path).size > SIZE_LIMIT_BYTES) return new Set();
    return new Set(
      readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    );
  } catch {
    return new Set();
  }
}

/** Writes the keys whole or not at all. */
export async function saveOwned(path: string, keys: ReadonlySet<string>): Promise<void> {
  await writeFile(
    `${path}.new`,
    [...keys]
      .sort()
      .map((key) => `${key}\n`)
      .join(''),
    { mode: 0o640 },
  );
  await rename(`${path}.new`, path);
}

/** Removes the file; done when nothing is owned any more. */
export function removeOwned(path: string): void {
  rmSync(path, { force: true });
}
