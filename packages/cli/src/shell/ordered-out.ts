import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { loadPiranhaIni } from '@piranha/config';
import { DEFAULT_RUN_DIRECTORY, stateDirectoryOf } from '@piranha/protocol';

/** What a word of pulse's command line says: `--name value` or `--name=value`; the last one counts. */
function wordBehind(words: readonly string[], name: string): string | undefined {
  const found = words.flatMap((word, index) => {
    if (word === name) return words[index + 1] ?? [];
    return word.startsWith(`${name}=`) ? word.slice(name.length + 1) : [];
  });
  return found.at(-1);
}

/**
 * The file with the order of maintenance standby that a pulse with this command line would find; undefined for none.
 * @throws UserError as loadPiranhaIni
 */
export async function maintenanceOrderFile(
  pulseWords: readonly string[],
  runDir: string | undefined,
): Promise<string | undefined> {
  const ini = await loadPiranhaIni(wordBehind(pulseWords, '--ini'));
  const runDirectory =
    runDir ?? wordBehind(pulseWords, '--run-dir') ?? ini.runDirectory ?? DEFAULT_RUN_DIRECTORY;
  const directory =
    wordBehind(pulseWords, '--state-dir') ?? ini.stateDirectory ?? stateDirectoryOf(runDirectory);
  const file = join(directory, 'maintenance');
  // Even one that cannot be understood keeps pulse out.
  return lstatSync(file, { throwIfNoEntry: false }) === undefined ? undefined : file;
}
