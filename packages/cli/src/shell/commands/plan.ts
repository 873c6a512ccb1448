import type { LvsConfiguration } from '@piranha/config';
import { desiredTable, diffTables, operationText, saveLines } from '@piranha/ipvs';
import { runDirectory } from '@piranha/protocol';
import { lvsdStatusSchema } from '@piranha/protocol/schemas';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { runningServices } from '../../core/running-services.js';
import { foreignEntries, readRunningTable, weightsFromStatus } from '../../core/running-table.js';
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
  /** What could not be known. */
  readonly assumptions: readonly string[];
}

function planFromNothing(configuration: LvsConfiguration): Plan {
  return { lines: saveLines(desiredTable(configuration, () => 'up')), foreign: [], assumptions: [] };
}

async function planAgainst(configuration: LvsConfiguration, runDir: string): Promise<Plan> {
  const { lvsdSocket } = runDirectory(runDir);
  const status = await askFor(lvsdStatusSchema, lvsdSocket, 'status', ANSWER_LIMIT_MS);
  const running = readRunningTable(await ask(lvsdSocket, 'table', ANSWER_LIMIT_MS));
  const { verdictOf, lacksQuorum, assumptions } = runningServices(status, configuration);
  const desired = desiredTable(configuration, verdictOf, {
    weightOf: weightsFromStatus(status),
    lacksQuorum,
  });
  const operations = diffTables(desired, running.table, running.owned);
  return { lines: operations.map(operationText), foreign: foreignEntries(running, desired), assumptions };
}

/**
 * `lvsctl plan FILE`: the lines of `ipvsadm -Sn` after a start with every server up; with `--against` the operations
 * that a reload of the running lvsd would mean, its servers and services judged as it judges them; what it cannot know,
 * such as the health of a new server, is said on standard error. Nothing else on standard output.
 */
export async function plan(io: LvsctlIo, file: string, options: PlanOptions): Promise<ExitStatus> {
  const result = await loadFile(io, file);
  const { configuration, diagnostics } = result;
  if (!options.json) printDiagnostics(io, result);
  if (configuration === undefined) {
    if (options.json) printJson(io, { file, ok: false, diagnostics });
    return EXIT.no;
  }
  const { lines, foreign, assumptions } = options.against
    ? await planAgainst(configuration, options.runDir)
    : planFromNothing(configuration);
  if (options.json) {
    const content = options.against ? { operations: lines, foreign, assumptions } : { lines };
    printJson(io, { file, ok: true, ...content, diagnostics });
    return EXIT.ok;
  }
  const notes = [
    ...foreign.map((entry) => `lvsctl: foreign entry, left alone: ${entry}`),
    ...assumptions.map((text) => `lvsctl: ${text}`),
  ].map(terminalText);
  if (options.against && lines.length === 0) notes.push('lvsctl: nothing to change');
  printLines((text) => io.stderr(text), notes);
  printLines((text) => io.stdout(text), lines.map(terminalText));
  return EXIT.ok;
}
