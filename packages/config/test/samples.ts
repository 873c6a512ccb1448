import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseLvsCf } from '../src/core/parse-lvs-cf.js';
import type { LvsConfiguration } from '../src/model.js';

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

/** What makes two directors a pair. */
export const PAIR = `primary = 192.0.2.1
backup = 192.0.2.2
backup_active = 1
`;

/** One virtual service, without which no file is whole. */
export const SERVICE = `virtual web {
  active = 1
  address = 192.0.2.100 eth0:1
  server a {
    address = 10.0.0.11
    active = 1
  }
}
`;

/** What a text means. @throws Error with the findings where it has errors */
export function configurationOf(text: string): LvsConfiguration {
  const { configuration, diagnostics } = parseLvsCf(text);
  if (!configuration) throw new Error(JSON.stringify(diagnostics));
  return configuration;
}
