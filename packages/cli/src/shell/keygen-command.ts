import { type Command, InvalidArgumentError } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import type { KeygenOptions } from './commands/keygen.js';
import type { LvsctlIo } from './io.js';

function keyId(word: string): number {
  const id = Number(word);
  if (/^[1-9][0-9]{0,9}$/.test(word) && id <= 0xffff_ffff) return id;
  throw new InvalidArgumentError('a key id is a number from 1 to 4294967295');
}

/** `lvsctl keygen`, loaded when it is called. */
export function addKeygen(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
  program
    .command('keygen')
    .description('a line with a new secret for the key file of the heartbeats')
    .option('--id <number>', 'id of the key, one that the file does not have yet', keyId, 1)
    .action(async (_: unknown, command: Command) =>
      finish((await import('./commands/keygen.js')).keygen(io, command.optsWithGlobals<KeygenOptions>())),
    );
}
