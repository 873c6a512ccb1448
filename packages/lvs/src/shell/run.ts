import { binaryPath, SUITE_VERSION, setProcessTitle, UserError } from '@piranha/common';
import { parentGone } from '@piranha/common/parent-channel';
import { openEventLog } from '@piranha/events';
import { DEFAULT_RUN_DIRECTORY, RESTARTED_VARIABLE, runDirectory, stateDirectoryOf } from '@piranha/protocol';
import { HELP_TEXT, type LvsdOptions, readOptions } from '../core/options.js';
import type { Setup } from '../core/setup.js';
import { desiredOf, tableLines } from '../core/table-tools.js';
import { testStartLines } from '../core/test-start.js';
import { diagnosticLines, loadSetup, parseErrorLine, type SetupSource } from './configuration.js';
import { Daemon } from './daemon.js';
import { startDetached } from './detach.js';
import { checkDirector, directorOpener } from './open-director.js';

/** lvsd from its command line to its end. */
export async function runLvsd(args: readonly string[]): Promise<void> {
  survivePeers();
  const options = readOptions(args, DEFAULT_RUN_DIRECTORY);
  if (options.action === 'help') return print([HELP_TEXT.trimEnd()]);
  if (options.action === 'version') return print([`lvsd ${SUITE_VERSION}`]);
  const run = runDirectory(options.runDirectory);
  const source: SetupSource = {
    file: options.configFile,
    // A test must not replace the copy of what runs.
    lastGood: options.action === 'test' ? undefined : run.lastGoodConfiguration,
    occasion: process.env[RESTARTED_VARIABLE] === '1' ? 'restart' : 'start',
  };
  const { result, setup, usesLastGood } = await loadSetup(source, options);
  const diagnostics = diagnosticLines(result);
  // In the foreground its log, where they stand too, goes where this goes.
  const isLogged = setup !== undefined && options.action === 'run' && options.foreground;
  if (!isLogged) for (const line of diagnostics) process.stderr.write(`${line}\n`);
  if (!setup) {
    process.stderr.write(`${parseErrorLine(result)}\n`);
    process.exitCode = 1;
    return;
  }
  if (options.action === 'test') return print(testStart(setup));
  const openDirector = directorOpener(options.director, run.ipvsuSocket, setup.configuration.ipvsadmPath);
  // Whoever typed it is told at once what the kernel lacks; one that was restarted waits for it to come back.
  if (options.director === 'kernel' && source.occasion !== 'restart') await checkDirector(openDirector);
  if (!options.foreground && !options.noFork) return startDetached(args, run.lvsdSocket);
  setProcessTitle('lvsd', args);
  await serve(options, setup, { run, openDirector, diagnostics, source, usesLastGood });
}

async function serve(
  options: LvsdOptions,
  setup: Setup,
  parts: Pick<Parameters<typeof Daemon.start>[0], 'run' | 'openDirector'> & {
    readonly diagnostics: readonly string[];
    readonly source: SetupSource;
    readonly usesLastGood: boolean;
  },
): Promise<void> {
  const log = openEventLog({
    ident: 'lvsd',
    foreground: options.foreground,
    json: options.jsonLog,
    verbose: options.verbose,
    ...(options.logDirectory === undefined ? {} : { logDirectory: options.logDirectory }),
  });
  let daemon: Daemon | undefined;
  // First of all: a HUP that comes too early must not end us.
  process.on('SIGHUP', () => {
    daemon?.reload().catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
    });
  });
  daemon = await Daemon.start(
    {
      ...parts,
      configFile: options.configFile,
      directorName: options.director,
      stateDirectory: options.stateDirectory ?? stateDirectoryOf(options.runDirectory),
      log,
      nannyProgram: binaryPath('nanny'),
      load: () => loadSetup({ ...parts.source, occasion: 'reload' }, options),
      describe: diagnosticLines,
    },
    setup,
  );
  if (parts.usesLastGood) log.log('LVSD_CONFIG_LAST_GOOD', { file: options.configFile });
  for (const diagnostic of parts.diagnostics) log.log('LVSD_CONFIG_WARNING', { diagnostic });
  const running = daemon;
  // A parent that gave us an IPC channel runs us beside another product: we end with it, whatever ends it.
  void parentGone?.then(() => running.stop('end of its parent').then(() => process.exit(0)));
  stopOn(daemon, 'SIGTERM', 15);
  stopOn(daemon, 'SIGINT', 2);
}

function stopOn(daemon: Daemon, signal: NodeJS.Signals, signalNumber: number): void {
  // A second signal finds the stop under way; an error in it is a bug and ends in runMain.
  process.once(signal, () => void daemon.stop(signalNumber).then(() => process.exit(0)));
  process.on(signal, () => undefined);
}

function testStart(setup: Setup): string[] {
  return testStartLines(setup, tableLines(desiredOf(setup.configuration, () => 'up')));
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Whoever reads our output may end before us: that is no reason to end too. */
function survivePeers(): void {
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
}
