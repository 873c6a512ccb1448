import { type Command, InvalidArgumentError } from 'commander';
import type { ExitStatus } from '../core/exit-status.js';
import type { AdviseOptions } from './commands/advise.js';
import type { DoctorOptions } from './commands/doctor.js';
import type { DoctorRealOptions } from './commands/doctor-real.js';
import type { MetricsOptions } from './commands/metrics.js';
import type { StatusOptions } from './commands/status.js';
import type { LvsctlIo } from './io.js';
import type { CommonOptions } from './options.js';

/** Commands that only look: at the running daemons, at this machine and its surroundings. */
export function addLooks(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
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
    .command('metrics')
    .description('all of that and more for Prometheus, in its text format')
    .option('--output <file>', "into this file, whole or not at all: for node_exporter's textfile collector")
    .action(async (_: unknown, command: Command) =>
      finish(
        await (await import('./commands/metrics.js')).metrics(io, command.optsWithGlobals<MetricsOptions>()),
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
  addWitness(program, io, finish);
  addDoctor(program, io, finish);
}

/** Years of `--rate`: above 0, a million at most. */
function years(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (value > 0 && value <= 1e6) return value;
  throw new InvalidArgumentError('Give years, such as 10 or 0.5.');
}

function addWitness(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
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
}

function addDoctor(program: Command, io: LvsctlIo, finish: (status: ExitStatus) => void): void {
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
