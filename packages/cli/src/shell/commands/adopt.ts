import { UserError } from '@piranha/common';
import type { LvsConfiguration } from '@piranha/config';
import {
  adopt as adoptService,
  differenceText,
  findClusterManagers,
  findIncumbents,
  type IncumbentKind,
  isGrave,
  isPulseRunning,
  planAddresses,
  processesHere,
  readAdoption,
  runShadow,
  standing,
} from '@piranha/migration';
import { runDirectory, stateDirectoryOf } from '@piranha/protocol';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { terminalText } from '../../core/terminal-text.js';
import { type LvsctlIo, printJson, printLines } from '../io.js';
import { loadFile, printDiagnostics } from '../load-file.js';
import type { CommonOptions } from '../options.js';
import { maintenanceOrderFile } from '../ordered-out.js';

export interface AdoptCommandOptions extends CommonOptions {
  readonly from?: IncumbentKind;
  readonly acceptDifferences?: boolean;
  readonly final?: boolean;
}

function refused(message: string, code: string, hint: string): UserError {
  return new UserError(message, { code, hint, exitCode: EXIT.no });
}

/** Which product serves here. @throws UserError where that is not clear, or not Piranha's to decide */
function incumbentHere({ from, final, runDir }: AdoptCommandOptions): IncumbentKind {
  const files = runDirectory(runDir);
  if (readAdoption(files.adoption) !== undefined) {
    const hint = 'lvsctl adopt --undo gives back, lvsctl adopt --finish ends what is frozen';
    throw refused('an adoption is under way', 'ADOPT_UNDER_WAY', hint);
  }
  if (isPulseRunning(files)) {
    throw refused('pulse runs already', 'ADOPT_PULSE_RUNS', 'stop it first: adopt starts its own');
  }
  const processes = processesHere();
  const [manager] = findClusterManagers(processes);
  if (manager !== undefined) {
    const hint = 'take what it manages away from it first, such as by its maintenance mode, and end it';
    throw refused(`${manager.name} runs and may hold the addresses`, 'ADOPT_CLUSTER', hint);
  }
  const kinds = findIncumbents(processes).map(({ kind }) => kind);
  const kind = from ?? kinds[0];
  if (kind === undefined || !kinds.includes(kind)) {
    const what = from ?? 'keepalived, ldirectord or the original Piranha';
    throw refused(`${what} does not run here`, 'ADOPT_NOBODY', 'where nothing serves, start pulse');
  }
  if (from === undefined && kinds.length > 1) {
    throw refused(`${kinds.join(' and ')} run here`, 'ADOPT_WHICH', 'say which by --from');
  }
  if (kind === 'piranha' && !final) {
    const hint = 'with --final it is ended; there is no way back but to start it again';
    throw refused('the original pulse holds the port of the heartbeats', 'ADOPT_ONLY_FINAL', hint);
  }
  return kind;
}

/** @throws UserError `ADOPT_MAINTENANCE` where the pulse that adopt starts would take nothing */
async function requireNoOrder(pulseWords: readonly string[], { runDir }: AdoptCommandOptions): Promise<void> {
  const order = await maintenanceOrderFile(pulseWords, runDir);
  if (order === undefined) return;
  throw refused(
    'this node is in maintenance standby: pulse would take nothing here',
    'ADOPT_MAINTENANCE',
    `the order is ${order}: remove it when this node may serve (lvsctl standby off does so while pulse runs)`,
  );
}

/** Looks once with Piranha's eyes. @throws UserError `ADOPT_DIFFERENCES` when a person has to decide */
async function compare(
  io: LvsctlIo,
  file: string,
  { ipvsadmPath }: LvsConfiguration,
  { acceptDifferences: accepted = false, runDir }: AdoptCommandOptions,
): Promise<readonly string[]> {
  const stateDirectory = stateDirectoryOf(runDir);
  const { journal } = await runShadow({ configFile: file, stateDirectory, ipvsadmPath, durationMs: 0 });
  const differences = standing(journal);
  const texts = differences.map((difference) => terminalText(differenceText(difference)));
  printLines((text) => io.stderr(text), texts);
  if (accepted || !differences.some(isGrave)) return texts;
  throw refused(
    `${differences.filter(isGrave).length} things would be otherwise`,
    'ADOPT_DIFFERENCES',
    'let lvsctl shadow run until nothing differs that should not, or give --accept-differences',
  );
}

/**
 * `lvsctl adopt FILE`: takes table and addresses over from keepalived, ldirectord or the original Piranha without a
 * moment in which nobody serves. Exit status 0: Piranha serves; 1: refused or undone, the product serves on.
 * @param pulseWords more words for pulse's command line
 */
export async function adopt(
  io: LvsctlIo,
  file: string,
  pulseWords: readonly string[],
  options: AdoptCommandOptions,
): Promise<ExitStatus> {
  const result = await loadFile(io, file);
  const { configuration } = result;
  printDiagnostics(io, result);
  if (configuration === undefined) return EXIT.no;
  await requireNoOrder(pulseWords, options);
  const kind = incumbentHere(options);
  planAddresses(configuration);
  const differences = await compare(io, file, configuration, options);
  const steps: { readonly step: string; readonly durationMs: number }[] = [];
  await adoptService({
    configFile: file,
    configuration,
    files: runDirectory(options.runDir),
    kind,
    pulseWords,
    isFinal: options.final === true,
    onStep: (step, exactMs) => {
      const durationMs = Math.round(exactMs * 10) / 10;
      steps.push({ step, durationMs });
      if (!options.json) io.stdout(`${step} (${durationMs} ms)\n`);
    },
  });
  if (options.json) printJson(io, { ok: true, kind, steps, differences });
  else io.stdout(`Piranha serves. ${nextText(kind, options.final === true)}\n`);
  return EXIT.ok;
}

function nextText(kind: IncumbentKind, isFinal: boolean): string {
  if (isFinal) return `${kind} was ended: see that it does not start at the next boot.`;
  return `${kind} is frozen: do not restart it. lvsctl adopt --undo gives the service back to it, --finish ends it.`;
}
