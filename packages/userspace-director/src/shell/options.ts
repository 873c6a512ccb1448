import { type OptionSpec, parseDaemonArguments, UserError } from '@piranha/common';
import { DEFAULT_RUN_DIRECTORY } from '@piranha/protocol';

export interface IpvsuOptions {
  readonly runDirectory: string;
  readonly foreground: boolean;
  readonly verbose: boolean;
  readonly logDirectory: string | undefined;
  readonly json: boolean;
  readonly connectionLimit: number;
  readonly wantsVersion: boolean;
  readonly wantsHelp: boolean;
}

const DEFAULT_CONNECTION_LIMIT = 20_000;
const MOST_CONNECTIONS = 1_000_000;

const SPECS: Readonly<Record<string, OptionSpec>> = {
  'run-dir': { type: 'string' },
  nodaemon: { type: 'boolean', short: 'n' },
  verbose: { type: 'boolean', short: 'v' },
  'log-dir': { type: 'string' },
  'log-format': { type: 'string' },
  'max-connections': { type: 'string' },
  version: { type: 'boolean' },
  help: { type: 'boolean' },
};

export const HELP = `ipvsu: the userspace director, a TCP and UDP forwarder for machines without IPVS
Usage: ipvsu [OPTION]...
      --run-dir DIR           sockets and pid file (default ${DEFAULT_RUN_DIRECTORY})
  -n, --nodaemon              log on stdout instead of syslog
  -v, --verbose               log debug events too
      --log-dir DIR           also append to DIR/ipvsu.log
      --log-format text|json  format of the log lines
      --max-connections N     connections and flows at a time (default ${DEFAULT_CONNECTION_LIMIT})
      --version, --help
lvsd fills its table and pulse says which addresses it holds, through DIR/ipvsu.sock.
`;

function optionError(message: string, hint: string): UserError {
  return new UserError(`ipvsu: ${message}`, { code: 'ARGUMENT_BAD', hint });
}

/** Reads ipvsu's command line. @throws UserError `ARGUMENT_BAD`, `ARGUMENT_UNEXPECTED` */
export function readOptions(args: readonly string[]): IpvsuOptions {
  const values = parseDaemonArguments('ipvsu', args, SPECS);
  const text = (name: string) => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const format = text('log-format') ?? 'text';
  if (format !== 'text' && format !== 'json') {
    throw optionError(`bad argument --log-format: ${format}`, 'text or json');
  }
  const limitText = text('max-connections') ?? String(DEFAULT_CONNECTION_LIMIT);
  const connectionLimit = /^[0-9]{1,9}$/.test(limitText) ? Number(limitText) : 0;
  if (connectionLimit < 1 || connectionLimit > MOST_CONNECTIONS) {
    throw optionError(
      `bad argument --max-connections: ${limitText}`,
      `a number from 1 to ${MOST_CONNECTIONS}`,
    );
  }
  return {
    runDirectory: text('run-dir') ?? DEFAULT_RUN_DIRECTORY,
    foreground: values.nodaemon === true,
    verbose: values.verbose === true,
    logDirectory: text('log-dir'),
    json: format === 'json',
    connectionLimit,
    wantsVersion: values.version === true,
    wantsHelp: values.help === true,
  };
}
