import { formatLvsCf, readFileLimited, replaceFile, withRaisedSerial } from '@piranha/config';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { terminalText } from '../../core/terminal-text.js';
import { type LvsctlIo, printJson, readAll } from '../io.js';
import { type CommonOptions, FILE_LIMIT_BYTES } from '../options.js';

export interface FmtOptions extends CommonOptions {
  readonly write?: true;
  readonly check?: true;
}

/**
 * `lvsctl fmt FILE`: the file in canonical layout on standard output, with `--write` in the file itself, whose
 * serial_no rises where that changes it; `--check` changes nothing and says no for a file that is laid out otherwise. Only the layout is looked at.
 */
export async function fmt(io: LvsctlIo, file: string, options: FmtOptions): Promise<ExitStatus> {
  const source = file === '-' ? undefined : await readFileLimited(file, FILE_LIMIT_BYTES);
  const before = source?.bytes ?? (await readAll(io.stdin(), FILE_LIMIT_BYTES));
  const after = formatLvsCf(before);
  const changed = Buffer.compare(before, after) !== 0;
  const writes = options.write === true && source !== undefined;
  if (writes && changed) await replaceFile(source, withRaisedSerial(after));
  const status = options.check && changed ? EXIT.no : EXIT.ok;
  const text = new TextDecoder().decode(after);
  if (options.json) {
    printJson(io, {
      file,
      changed,
      written: writes && changed,
      ...(options.check || writes ? {} : { text }),
    });
  } else if (options.check || writes) {
    if (changed) io.stdout(`${terminalText(file)}\n`);
  } else {
    io.stdout(text);
  }
  return status;
}
