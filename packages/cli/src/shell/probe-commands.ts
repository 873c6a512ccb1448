import { type Command, InvalidArgumentError } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import type { GenhashOptions } from './commands/genhash.js';
import type { ProbeOptions } from './commands/probe.js';
import type { LvsctlIo } from './io.js';

function seconds(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (value >= 0.01 && value <= 60) return value;
  throw new InvalidArgumentError('Give seconds from 0.01 to 60.');
}

/** `lvsctl probe` and `lvsctl genhash`, loaded when they are called. */
export function addProbes(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
  program
    .command('probe <kind> <host:port> [name=value...]')
    .description('runs one check by hand, shows what went over the wire, and ends with 0 for up, 1 for down')
    .option('--timeout <seconds>', 'limit of each step', seconds, 5)
    .action(async (kind: string, place: string, words: readonly string[], _: unknown, command: Command) => {
      const { probe } = await import('./commands/probe.js');
      finish(await probe(io, kind, place, words, command.optsWithGlobals<ProbeOptions>()));
    });
  program
    .command('genhash <url>')
    .description('MD5 and SHA-256 of a page, for the word digest of a check block')
    .option('--server <host>', 'real server to ask, HOST or HOST:PORT, in place of the host of the URL')
    .option('--timeout <seconds>', 'limit of each step', seconds, 5)
    .action(async (url: string, _: unknown, command: Command) => {
      const { genhash } = await import('./commands/genhash.js');
      finish(await genhash(io, url, command.optsWithGlobals<GenhashOptions>()));
    });
}
