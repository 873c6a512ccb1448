import { SUITE_VERSION, UserError } from '@piranha/common';
import { DEFAULT_RUN_DIRECTORY } from '@piranha/protocol';
import { Command, CommanderError } from 'commander';
import { EXIT, type ExitStatus } from '../core/exit-status.js';
import { terminalText } from '../core/terminal-text.js';
import { addFileCommands } from './file-commands.js';
import { addImport } from './import-options.js';
import { type LvsctlIo, printJson } from './io.js';
import { addKeygen } from './keygen-command.js';
import { addLooks } from './look-commands.js';
import { addMaintenance } from './maintenance-commands.js';
import { addMigrationCommands } from './migration-commands.js';
import { addMoves } from './move-commands.js';
import { addProbes } from './probe-commands.js';
import { addSimulate } from './simulate-command.js';
import { addSync } from './sync-command.js';

const EXIT_HELP = `
Exit status: 0 done or yes; 1 no (errors in the file, import with notes, refused, a daemon is missing); 2 wrong command line;
3 the daemon cannot be reached; 4 a file or an answer that cannot be read or written; 70 internal error.`;

/** Each command is loaded when it is called: what `status` does not need costs it nothing. */
function buildProgram(io: LvsctlIo, finish: (status: ExitStatus) => void): Command {
  const program = new Command('lvsctl')
    .description('Checks and lays out lvs.cf files, asks and commands the running director.')
    .version(SUITE_VERSION)
    .option('--json', 'print one JSON document on standard output')
    .option('--run-dir <directory>', "the daemons' run directory", DEFAULT_RUN_DIRECTORY)
    .addHelpText('after', EXIT_HELP)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => io.stdout(text), writeErr: (text) => io.stderr(text) })
    .exitOverride();
  addFileCommands(program, io, finish);
  addImport(program, io, finish);
  addLooks(program, io, finish);
  addMoves(program, io, finish);
  addMaintenance(program, io, finish);
  addSync(program, io, finish);
  addSimulate(program, io, finish);
  addMigrationCommands(program, io, finish);
  addKeygen(program, io, finish);
  addProbes(program, io, finish);
  return program;
}

function tell(io: LvsctlIo, argv: readonly string[], error: UserError): void {
  const { code, message, hint } = error;
  if (argv.includes('--json')) {
    printJson(io, { error: { code, message, ...(hint === undefined ? {} : { hint }) } });
    return;
  }
  io.stderr(`lvsctl: ${terminalText(message)} [${code}]\n`);
  if (hint !== undefined) io.stderr(`lvsctl: hint: ${terminalText(hint)}\n`);
}

/**
 * lvsctl from its arguments (without node and script) to its exit status. Everything that a person caused is told;
 * what is thrown beyond is a bug.
 */
export async function runLvsctl(argv: readonly string[], io: LvsctlIo): Promise<number> {
  let status: ExitStatus = EXIT.ok;
  const program = buildProgram(io, (value) => {
    status = value;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof UserError)) throw error;
    tell(io, argv, error);
    return error.exitCode;
  }
}
