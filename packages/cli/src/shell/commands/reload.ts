import { type ReloadAnswer, runDirectory } from '@piranha/protocol';
import { reloadAnswerSchema } from '@piranha/protocol/schemas';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { terminalText } from '../../core/terminal-text.js';
import { askFor, isUnreachable } from '../daemons.js';
import { type LvsctlIo, printJson, printLines } from '../io.js';
import type { CommonOptions } from '../options.js';

/** A reload checks names over the network and waits for the table, ms. */
const RELOAD_LIMIT_MS = 30_000;

interface Reloaded {
  readonly by: 'pulse' | 'lvsd';
  readonly answer: ReloadAnswer;
}

/** pulse reloads itself and lvsd; where only lvsd runs, it is asked alone. */
async function reloadThrough(runDir: string): Promise<Reloaded> {
  const { pulseSocket, lvsdSocket } = runDirectory(runDir);
  try {
    return { by: 'pulse', answer: await askFor(reloadAnswerSchema, pulseSocket, 'reload', RELOAD_LIMIT_MS) };
  } catch (error) {
    // A pulse that hangs may have begun already: only one that is not there is passed over.
    if (!isUnreachable(error) || error.code !== 'CONTROL_UNREACHABLE') throw error;
    const answer = await askFor(reloadAnswerSchema, lvsdSocket, 'reload', RELOAD_LIMIT_MS).catch((inner) => {
      throw isUnreachable(inner) ? error : inner;
    });
    return { by: 'lvsd', answer };
  }
}

/** `lvsctl reload`: has the running director read its lvs.cf again. */
export async function reload(io: LvsctlIo, options: CommonOptions): Promise<ExitStatus> {
  const { by, answer } = await reloadThrough(options.runDir);
  if (options.json) printJson(io, { by, ...answer });
  else {
    printLines((text) => io.stderr(text), answer.diagnostics.map(terminalText));
    printLines((text) => io.stdout(text), answer.operations.map(terminalText));
    if (by === 'lvsd') io.stderr('lvsctl: pulse is not running: only lvsd reloaded\n');
    io.stderr(
      answer.ok ? reloadedText(answer.operations.length) : 'lvsctl: refused: everything stays as it was\n',
    );
  }
  return answer.ok ? EXIT.ok : EXIT.no;
}

function reloadedText(operations: number): string {
  return `lvsctl: reloaded, ${operations} table ${operations === 1 ? 'operation' : 'operations'}\n`;
}
