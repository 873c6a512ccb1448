import { type OptionValues, parseDaemonArguments, SUITE_VERSION, UserError } from '@piranha/common';
import { loadPiranhaIni, type PiranhaIni } from '@piranha/config';
import { DEFAULT_RUN_DIRECTORY, type NodeRole, stateDirectoryOf } from '@piranha/protocol';

/** Options of pulse, its worker and its guardian; all three get the same words. */
export interface PulseOptions {
  readonly configFile: string;
  readonly foreground: boolean;
  readonly verbose: boolean;
  readonly testStart: boolean;
  readonly forceActive: boolean;
  /** A guardian that runs already makes room for this one, which goes on with its pulse-worker. */
  readonly replace: boolean;
  /** Program to start instead of the suite's lvsd. */
  readonly lvsdPath: string | undefined;
  readonly role: NodeRole | undefined;
  /** Which `director` block of lvs.cf is this node's. */
  readonly name: string | undefined;
  readonly runDirectory: string;
  /** What outlives the machine: orders of operators. */
  readonly stateDirectory: string;
  readonly director: string;
  readonly logDirectory: string | undefined;
  readonly json: boolean;
}

const SPECIFICATION = {
  configfile: { type: 'string', short: 'c' },
  nodaemon: { type: 'boolean', short: 'n' },
  verbose: { type: 'boolean', short: 'v' },
  'test-start': { type: 'boolean', short: 't' },
  norun: { type: 'boolean' },
  forceactive: { type: 'boolean' },
  replace: { type: 'boolean' },
  lvsd: { type: 'string' },
  lvs: { type: 'string' },
  fos: { type: 'string' },
  node: { type: 'string' },
  name: { type: 'string' },
  'run-dir': { type: 'string' },
  'state-dir': { type: 'string' },
  director: { type: 'string' },
  'log-dir': { type: 'string' },
  'log-format': { type: 'string' },
  ini: { type: 'string' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: '?' },
} as const;

const HELP = `Usage: pulse [options]
Heartbeats, failover and virtual addresses for a pair or group of LVS directors.

  -c, --configfile FILE    default /etc/sysconfig/ha/lvs.cf
  -n, --nodaemon           stay in the foreground, log to stdout
  -v, --verbose            debug lines too
  -t, --test-start         say what would be done, start nothing (also --norun)
      --forceactive        become active at once, without listening for the partner
      --replace            take the place of the guardian that runs; the service goes on
      --node primary|backup  role of this node; default: by its own addresses
      --name NAME          this node's director block in lvs.cf; default: by its own addresses
      --run-dir DIR        sockets and pid files, default ${DEFAULT_RUN_DIRECTORY}
      --state-dir DIR      what outlives the machine, default /var/lib/piranha; with another run directory, in that
      --director NAME      kernel (default) or userspace
      --log-dir DIR        also append to files there
      --log-format FORMAT  text (default) or json
      --ini FILE           this node's settings, default /etc/sysconfig/ha/piranha.ini
      --lvsd PATH          another lvsd to start
      --version, --help
`;

type OptionName = keyof typeof SPECIFICATION;

/**
 * Reads pulse's command line and, beneath it, piranha.ini; `--help` and `--version` print and end the process.
 * @throws UserError as parseDaemonArguments and loadPiranhaIni, `PULSE_BAD_NODE`, `PULSE_BAD_LOG_FORMAT`, `PULSE_NO_FOS`
 */
export async function readPulseOptions(args: readonly string[]): Promise<PulseOptions> {
  const values = readValues(args);
  const ini = await loadPiranhaIni(textOf(values, 'ini'));
  return optionsOf(values, ini);
}

/** As readPulseOptions for a process that pulse itself started with resolvedArguments: no file is read again. */
export function readResolvedOptions(args: readonly string[]): PulseOptions {
  return optionsOf(readValues(args), undefined);
}

function readValues(args: readonly string[]): OptionValues {
  const values = parseDaemonArguments('pulse', args, SPECIFICATION);
  if (values.help) endWith(HELP);
  if (values.version) {
    const built = `Built:\t\t\tNode ${process.version}`;
    endWith(`Program Version:\t${SUITE_VERSION}\n${built}\npiranha-${SUITE_VERSION}\n`);
  }
  if (values.fos !== undefined) {
    throw new UserError('pulse: failover services (fos) are not supported', {
      code: 'PULSE_NO_FOS',
      hint: 'use service = lvs; for plain failover of a service, a cluster manager fits',
    });
  }
  return values;
}

function textOf(values: OptionValues, name: OptionName): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

function optionsOf(values: OptionValues, ini: PiranhaIni | undefined): PulseOptions {
  const text = (name: OptionName): string | undefined => textOf(values, name);
  const runDirectory = text('run-dir') ?? ini?.runDirectory ?? DEFAULT_RUN_DIRECTORY;
  return {
    configFile: text('configfile') ?? '/etc/sysconfig/ha/lvs.cf',
    foreground: values.nodaemon === true,
    verbose: values.verbose === true || ini?.verbose === true,
    testStart: values['test-start'] === true || values.norun === true,
    forceActive: values.forceactive === true,
    replace: values.replace === true,
    lvsdPath: text('lvsd') ?? text('lvs'),
    role: readRole(text('node')) ?? ini?.role,
    name: text('name') ?? ini?.name,
    runDirectory,
    stateDirectory: text('state-dir') ?? ini?.stateDirectory ?? stateDirectoryOf(runDirectory),
    director: text('director') ?? ini?.backend ?? 'kernel',
    logDirectory: text('log-dir') ?? ini?.logDirectory,
    json: (readFormat(text('log-format')) ?? ini?.logFormat) === 'json',
  };
}

/** The word that makes a first start active; no restart may ever repeat it. */
export const FORCE_ACTIVE = '--forceactive';

/** The word for a guardian alone: it makes the one that runs end. */
export const REPLACE = '--replace';

/**
 * The command line that says everything outright, but for FORCE_ACTIVE and REPLACE: for the processes that pulse starts, which must go on with what was
 * decided at the start, whatever became of piranha.ini.
 */
export function resolvedArguments(options: PulseOptions): string[] {
  return [
    '-c',
    options.configFile,
    ...commonDaemonArguments(options),
    '--state-dir',
    options.stateDirectory,
    '--director',
    options.director,
    ...(options.role === undefined ? [] : ['--node', options.role]),
    ...(options.name === undefined ? [] : ['--name', options.name]),
    ...(options.lvsdPath === undefined ? [] : ['--lvsd', options.lvsdPath]),
  ];
}

function endWith(text: string): never {
  process.stdout.write(text);
  process.exit(0);
}

function readRole(value: string | undefined): NodeRole | undefined {
  if (value === undefined || value === 'primary' || value === 'backup') return value;
  throw new UserError(`pulse: bad argument --node: ${value} is neither primary nor backup`, {
    code: 'PULSE_BAD_NODE',
  });
}

function readFormat(value: string | undefined): 'text' | 'json' | undefined {
  if (value === undefined || value === 'text' || value === 'json') return value;
  throw new UserError(`pulse: bad argument --log-format: ${value} is neither text nor json`, {
    code: 'PULSE_BAD_LOG_FORMAT',
  });
}

/** The words that pulse hands to lvsd and ipvsu, so that they log and meet where pulse does. */
export function commonDaemonArguments(options: PulseOptions): string[] {
  return [
    ...(options.foreground ? ['-n'] : []),
    ...(options.verbose ? ['-v'] : []),
    '--run-dir',
    options.runDirectory,
    ...(options.logDirectory === undefined ? [] : ['--log-dir', options.logDirectory]),
    ...(options.json ? ['--log-format', 'json'] : []),
  ];
}
