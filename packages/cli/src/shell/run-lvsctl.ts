import { SUITE_VERSION, UserError } from '@piranha/common';
import { DEFAULT_RUN_DIRECTORY } from '@piranha/protocol';
import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander';
import { EXIT, type ExitStatus } from '../core/exit-status.js';
import { terminalText } from '../core/terminal-text.js';
import type { AdviseOptions } from './commands/advise.js';
import type { DoctorOptions } from './commands/doctor.js';
import type { DoctorRealOptions } from './commands/doctor-real.js';
import type { FmtOptions } from './commands/fmt.js';
import type { PlanOptions } from './commands/plan.js';
import type { Daemon } from './commands/restart.js';
import type { StatusOptions } from './commands/status.js';
import { addImport } from './import-options.js';
import { type LvsctlIo, printJson } from './io.js';
import { addKeygen } from './keygen-command.js';
import { addMigrationCommands } from './migration-commands.js';
import { addMoves } from './move-commands.js';
import type { CommonOptions } from './options.js';
import { addSimulate } from './simulate-command.js';

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
  program
    .command('check <file>')
    .description('could a director start from this lvs.cf? (- is standard input)')
    .action(async (file: string, _: unknown, command: Command) =>
      finish(
        await (await import('./commands/check.js')).check(io, file, command.optsWithGlobals<CommonOptions>()),
      ),
    );
  program
    .command('plan <file>')
    .description('the table as ipvsadm -Sn prints it with every server up (- is standard input)')
    .option('--against', 'the operations that lead there from the table of the running lvsd')
    .action(async (file: string, _: unknown, command: Command) =>
      finish(
        await (await import('./commands/plan.js')).plan(io, file, command.optsWithGlobals<PlanOptions>()),
      ),
    );
  addFmt(program, io, finish);
  addImport(program, io, finish);
  addLooks(program, io, finish);
  addQuestions(program, io, finish);
  program
    .command('reload')
    .description('have the director read its lvs.cf again; a broken file changes nothing')
    .action(async (_: unknown, command: Command) =>
      finish(
        await (await import('./commands/reload.js')).reload(io, command.optsWithGlobals<CommonOptions>()),
      ),
    );
  addMoves(program, io, finish);
  addRestart(program, io, finish);
  addSimulate(program, io, finish);
  addMigrationCommands(program, io, finish);
  addKeygen(program, io, finish);
  return program;
}

/** Commands that only look at the running daemons. */
function addLooks(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
  program
    .command('status')
    .description('role, partner, paths, VIPs, services and servers, and the last events')
    .option('--verbose', 'with loss and lateness of each heartbeat path')
    .action(async (_: unknown, command: Command) =>
      finish(
        await (await import('./commands/status.js')).status(io, command.optsWithGlobals<StatusOptions>()),
      ),
    );
  program
    .command('advise')
    .description('keepalive and deadtime for a wanted rate of false takeovers, by what pulse measured')
    .option('--rate <years>', 'at most one false takeover in so many years (default: as lvs.cf says)', years)
    .action(async (_: unknown, command: Command) =>
      finish(
        await (await import('./commands/advise.js')).advise(io, command.optsWithGlobals<AdviseOptions>()),
      ),
    );
}

/** Years of `--rate`: above 0, a million at most. */
function years(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (value > 0 && value <= 1e6) return value;
  throw new InvalidArgumentError('Give years, such as 10 or 0.5.');
}

/** What looks at this machine and its surroundings. */
function addQuestions(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
  program
    .command('witness <file>')
    .description(
      'asks every witness of this lvs.cf once, and says how long its answer took (- is standard input)',
    )
    .action(async (file: string, _: unknown, command: Command) =>
      finish(
        await (await import('./commands/witness.js')).witness(
          io,
          file,
          command.optsWithGlobals<CommonOptions>(),
        ),
      ),
    );
  program
    .command('doctor [file]')
    .description('what keeps this director from serving: each trap with what was seen and what helps')
    .option('--partner <host>', 'compare file and version with those of the other director, asked by ssh')
    .option('--real', 'of a real server, which this machine is')
    .option('--vip <address...>', 'with --real: VIPs that it is to serve, in place of a file or beside it')
    .option('--method <method>', 'with --vip: direct or tunnel')
    .action(async (file: string | undefined, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<DoctorRealOptions & DoctorOptions & { readonly real?: true }>();
      if (options.real) {
        if (options.partner !== undefined) command.error('error: --partner does not go with --real');
        if (file === undefined && options.vip === undefined)
          command.error('error: --real needs a file or --vip');
        finish(await (await import('./commands/doctor-real.js')).doctorReal(io, file, options));
        return;
      }
      if (options.vip !== undefined || options.method !== undefined) {
        command.error('error: --vip and --method belong to --real');
      }
      if (file === undefined) command.error("error: missing required argument 'file'");
      else finish(await (await import('./commands/doctor.js')).doctor(io, file, options));
    });
}

function addRestart(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
  program
    .command('restart')
    .description('replace daemons by the programs installed now, one by one; the node keeps serving')
    .addArgument(
      new Argument('[daemon...]', 'without words: pulse guardian lvsd').choices([
        'pulse',
        'guardian',
        'lvsd',
        'ipvsu',
      ]),
    )
    .action(async (daemons: readonly Daemon[], _: unknown, command: Command) =>
      finish(
        await (await import('./commands/restart.js')).restart(
          io,
          daemons,
          command.optsWithGlobals<CommonOptions>(),
        ),
      ),
    );
}

function addFmt(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
  program
    .command('fmt <file>')
    .description('the file in canonical layout, comments kept (- is standard input)')
    .option('--write', 'into the file itself, whole or not at all')
    .option('--check', 'change nothing; exit status 1 and the name if the layout differs')
    .action(async (file: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<FmtOptions>();
      const clash = options.write && options.check ? '--check changes nothing: leave --write out' : undefined;
      const target = options.write && file === '-' ? '--write needs a file, not standard input' : undefined;
      const problem = clash ?? target;
      if (problem !== undefined) command.error(`error: ${problem}`);
      finish(await (await import('./commands/fmt.js')).fmt(io, file, options));
    });
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
