import type { LvsConfiguration } from '@piranha/config';
import { desiredTable, diffTables, operationText, saveLines } from '@piranha/ipvs';
import { runDirectory } from '@piranha/protocol';
import { lvsdStatusSchema } from '@piranha/protocol/schemas';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { foreignEntries, healthFromStatus, readRunningTable } from '../../core/running-table.js';
import { terminalText } from '../../core/terminal-text.js';
import { ask, askFor } from '../daemons.js';
import { type LvsctlIo, printJson, printLines } from '../io.js';
import { loadFile, printDiagnostics } from '../load-file.js';
import type { CommonOptions } from '../options.js';

const ANSWER_LIMIT_MS = 5_000;

export interface PlanOptions extends CommonOptions {
  readonly against?: true;
}

interface Plan {
  /** The table, or the operations that lead to it. */
  readonly lines: readonly string[];
  readonly foreign: readonly string[];
}

function planFromNothing(configuration: LvsConfiguration): Plan {
  return { lines: saveLines(desiredTable(configuration, () => 'up')), foreign: [] };
}

async function planAgainst(configuration: LvsConfiguration, runDir: string): Promise<Plan> {
  const { lvsdSocket } = runDirectory(runDir);
  const status = await askFor(lvsdStatusSchema, lvsdSocket, 'status', ANSWER_LIMIT_MS);
  const running = readRunningTable(await ask(lvsdSocket, 'table', ANSWER_LIMIT_MS));
  const desired = desiredTable(configuration, healthFromStatus(status));
  const operations = diffTables(desired, running.table, running.owned);
  return { lines: operations.map(operationText), foreign: foreignEntries(running, desired) };
}

/**
 * `lvsctl plan FILE`: the lines of `ipvsadm -Sn` after a start with every server up; with `--against` the operations
 * that a reload of the running lvsd would mean, its servers as healthy as they are. Nothing else on standard output.
 */
export async function plan(io: LvsctlIo, file: string, options: PlanOptions): Promise<ExitStatus> {
  const result = await loadFile(io, file);
  const { configuration, diagnostics } = result;
  if (!options.json) printDiagnostics(io, result);
  if (configuration === undefined) {
    if (options.json) printJson(io, { file, ok: false, diagnostics });
    return EXIT.no;
  }
  const { lines, foreign } = options.against
    ? await planAgainst(configuration, options.runDir)
    : planFromNothing(configuration);
  if (options.json) {
    const content = options.against ? { operations: lines, foreign } : { lines };
    printJson(io, { file, ok: true, ...content, diagnostics });
    return EXIT.ok;
  }
  const notes = foreign.map((entry) => terminalText(`lvsctl: foreign entry, left alone: ${entry}`));
  if (options.against && lines.length === 0) notes.push('lvsctl: nothing to change');
  printLines((text) => io.stderr(text), notes);
  printLines((text) => io.stdout(text), lines.map(terminalText));
  return EXIT.ok;
}
