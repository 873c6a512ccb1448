import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Path of a file of the repository. */
export function repositoryPath(relative: string): string {
  return root + relative;
}

/** The lvs.cf files of a folder of the repository by name. */
export function configurationFiles(folder: string): Map<string, Uint8Array> {
  const names = readdirSync(root + folder).filter((name) => name.endsWith('.cf'));
  return new Map(names.sort().map((name) => [name, readFileSync(`${root}${folder}/${name}`)]));
}
