import type { Command } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import type { FmtOptions } from './commands/fmt.js';
import type { PlanOptions } from './commands/plan.js';
import type { LvsctlIo } from './io.js';
import type { CommonOptions } from './options.js';

/** Commands that read an lvs.cf: check, plan, fmt. */
export function addFileCommands(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
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
