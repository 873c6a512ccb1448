import { type OptionSpec, type OptionValues, parseDaemonArguments, UserError } from '@piranha/common';

/** What lvsd was asked to do on its command line. */
export interface LvsdOptions {
  readonly action: 'run' | 'test' | 'version' | 'help';
  readonly configFile: string;
  /** `-n`: foreground, lines on stdout. */
  readonly foreground: boolean;
  /** `--nofork`: stay in this process; somebody else has detached it. */
  readonly noFork: boolean;
  readonly verbose: boolean;
  readonly runDirectory: string;
  /** Of what outlives the machine, orders about real servers; undefined: as the run directory has it. */
  readonly stateDirectory: string | undefined;
  readonly director: 'userspace' | 'memory' | 'kernel';
  readonly logDirectory: string | undefined;
  readonly jsonLog: boolean;
}

const OPTIONS: Readonly<Record<string, OptionSpec>> = {
  configfile: { type: 'string', short: 'c' },
  verbose: { type: 'boolean', short: 'v' },
  nodaemon: { type: 'boolean', short: 'n' },
  'test-start': { type: 'boolean', short: 't' },
  nofork: { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: '?' },
  usage: { type: 'boolean' },
  'run-dir': { type: 'string' },
  'state-dir': { type: 'string' },
  director: { type: 'string' },
  'log-dir': { type: 'string' },
  'log-format': { type: 'string' },
};

export const HELP_TEXT = `Usage: lvsd [OPTION...]
  -c, --configfile FILE    configuration (default /etc/sysconfig/ha/lvs.cf)
  -n, --nodaemon           run in the foreground, log to stdout
  -v, --verbose            more log lines; passed on to the nannies
  -t, --test-start         print the table and the nannies that FILE asks for, run nothing
      --nofork             do not detach; for a parent that watches this process
      --run-dir DIR        sockets, pid files and state (default /run/piranha)
      --state-dir DIR      what outlives the machine (default /var/lib/piranha; with another run directory, in that)
      --director KIND      kernel, userspace or memory (default kernel)
      --log-dir DIR        also append to DIR/lvsd.log
      --log-format FORMAT  text or json (default text)
      --version            print the version
  -?, --help               print this
Signals: HUP reads FILE again; TERM and INT stop and take own entries out of the table.
`;

function choice<Choice extends string>(name: string, value: string, choices: readonly Choice[]): Choice {
  const found = choices.find((known) => known === value);
  if (found !== undefined) return found;
  throw new UserError(`lvsd: bad argument --${name}: ${value}`, {
    code: 'ARGUMENT_BAD',
    hint: `--${name} takes ${choices.join(', ')}`,
  });
}

function text(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

function actionOf(values: OptionValues): LvsdOptions['action'] {
  if (values.help === true || values.usage === true) return 'help';
  if (values.version === true) return 'version';
  return values['test-start'] === true ? 'test' : 'run';
}

/**
 * Reads lvsd's command line.
 * @param defaultRunDirectory used without `--run-dir`
 * @throws UserError `ARGUMENT_BAD`, `ARGUMENT_UNEXPECTED`
 */
export function readOptions(args: readonly string[], defaultRunDirectory: string): LvsdOptions {
  const values = parseDaemonArguments('lvsd', args, OPTIONS);
  return {
    action: actionOf(values),
    configFile: text(values, 'configfile') ?? '/etc/sysconfig/ha/lvs.cf',
    foreground: values.nodaemon === true,
    noFork: values.nofork === true,
    verbose: values.verbose === true,
    runDirectory: text(values, 'run-dir') ?? defaultRunDirectory,
    stateDirectory: text(values, 'state-dir'),
    director: choice('director', text(values, 'director') ?? 'kernel', ['kernel', 'userspace', 'memory']),
    logDirectory: text(values, 'log-dir'),
    jsonLog: choice('log-format', text(values, 'log-format') ?? 'text', ['text', 'json']) === 'json',
  };
}
