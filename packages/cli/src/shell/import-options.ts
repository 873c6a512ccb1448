import type { Command } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import type { ImportCommandOptions } from './commands/import.js';
import type { LvsctlIo } from './io.js';

/** What the sources do not say. */
function addCommon(command: Command): Command {
  return command
    .option('--device <device>', 'device of virtual addresses for which the source names none')
    .option('--primary <address>', 'public address of the primary director')
    .option('--backup <address>', 'public address of the backup director');
}

/** `lvsctl import`, with a command for each kind of source. */
export function addImport(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
  const group = program
    .command('import')
    .description('an lvs.cf on standard output; what cannot be carried over on standard error');
  addCommon(group.command('keepalived <file>'))
    .description('from a keepalived.conf and what it includes (- is standard input)')
    .action(async (file: string, _: unknown, command: Command) =>
      finish(
        await (await import('./commands/import.js')).importFromKeepalived(
          io,
          file,
          command.optsWithGlobals<ImportCommandOptions>(),
        ),
      ),
    );
  addCommon(group.command('ldirectord <file>'))
    .description('from an ldirectord.cf (- is standard input)')
    .action(async (file: string, _: unknown, command: Command) =>
      finish(
        await (await import('./commands/import.js')).importFromLdirectord(
          io,
          file,
          command.optsWithGlobals<ImportCommandOptions>(),
        ),
      ),
    );
  addCommon(group.command('heartbeat <ha.cf> <haresources>'))
    .description('from the pair of files of heartbeat, with the services of the ldirectord that it starts')
    .option(
      '--ldirectord <file>',
      'the file of that ldirectord; else it is looked for where haresources says',
    )
    .action(async (haCf: string, haResources: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<ImportCommandOptions>();
      if ([haCf, haResources, options.ldirectord].filter((file) => file === '-').length > 1) {
        command.error('error: only one of the files can be standard input');
      }
      finish(
        await (await import('./commands/import.js')).importFromHeartbeat(io, haCf, haResources, options),
      );
    });
}
