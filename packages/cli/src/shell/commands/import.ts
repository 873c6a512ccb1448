import { dirname, isAbsolute, join } from 'node:path';
import { readFileLimited } from '@piranha/config';
import {
  type Imported,
  type ImportOptions,
  importHeartbeat,
  importKeepalived,
  importLdirectord,
  importOptions,
  includeReader,
  readNamed,
  type SourceText,
} from '@piranha/import';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { terminalText } from '../../core/terminal-text.js';
import { type LvsctlIo, printJson, printLines, readAll } from '../io.js';
import { type CommonOptions, FILE_LIMIT_BYTES } from '../options.js';

export interface ImportCommandOptions extends CommonOptions, ImportOptions {
  /** The file of the ldirectord that heartbeat starts. */
  readonly ldirectord?: string;
}

async function readSource(io: LvsctlIo, file: string): Promise<SourceText> {
  const bytes =
    file === '-'
      ? await readAll(io.stdin(), FILE_LIMIT_BYTES)
      : (await readFileLimited(file, FILE_LIMIT_BYTES)).bytes;
  return { file, text: new TextDecoder().decode(bytes) };
}

/** The lvs.cf goes to standard output, what could not be carried over to standard error. */
function finish(io: LvsctlIo, { text, notes }: Imported, json: boolean): ExitStatus {
  if (json) printJson(io, { ok: notes.length === 0, text, notes });
  else {
    io.stdout(text);
    const lines = notes.map(
      (note) => `${note.file}:${note.line}:${note.column ?? 0}: note: ${note.text}: ${note.reason}`,
    );
    printLines((line) => io.stderr(line), lines.map(terminalText));
  }
  return notes.length === 0 ? EXIT.ok : EXIT.no;
}

/** `lvsctl import keepalived FILE`. */
export async function importFromKeepalived(
  io: LvsctlIo,
  file: string,
  options: ImportCommandOptions,
): Promise<ExitStatus> {
  const given = importOptions(options);
  const source = await readSource(io, file);
  return finish(io, importKeepalived(source, includeReader(), given), options.json === true);
}

/** `lvsctl import ldirectord FILE`. */
export async function importFromLdirectord(
  io: LvsctlIo,
  file: string,
  options: ImportCommandOptions,
): Promise<ExitStatus> {
  const given = importOptions(options);
  return finish(io, importLdirectord(await readSource(io, file), given), options.json === true);
}

/** The file that haresources names, as it stands there or beside haresources. */
function findLdirectord(haResources: string, name: string): SourceText | string {
  const beside = join(dirname(haResources), isAbsolute(name) ? name.slice(name.lastIndexOf('/') + 1) : name);
  const source = readNamed(isAbsolute(name) ? name : beside);
  const second = typeof source === 'string' && isAbsolute(name) ? readNamed(beside) : source;
  return typeof second === 'string' ? `${second}: give it with --ldirectord` : second;
}

/** `lvsctl import heartbeat HA_CF HARESOURCES`. */
export async function importFromHeartbeat(
  io: LvsctlIo,
  haCfFile: string,
  haResourcesFile: string,
  options: ImportCommandOptions,
): Promise<ExitStatus> {
  const given = importOptions(options);
  const haCf = await readSource(io, haCfFile);
  const haResources = await readSource(io, haResourcesFile);
  const named = options.ldirectord === undefined ? undefined : await readSource(io, options.ldirectord);
  const ldirectord = (name: string) => named ?? findLdirectord(haResourcesFile, name);
  return finish(io, importHeartbeat({ haCf, haResources, ldirectord }, given), options.json === true);
}
