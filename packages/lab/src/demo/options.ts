import { parseDaemonArguments, UserError } from '@piranha/common';

/** What `npm start -- …` takes. */
export interface DemoOptions {
  readonly scenario: boolean;
  /** Ends by itself after so many seconds; undefined: runs until it is told to stop. */
  readonly seconds: number | undefined;
  readonly help: boolean;
}

/** Text of `--help`. */
export const DEMO_HELP = `Usage: npm start [-- options]
Two directors, three web servers and a VIP on loopback addresses, shown live; no root needed.

  --scenario failover   run every failure unattended (under a minute); the last line is JSON
  --seconds N           end by itself after N seconds
  --help
`;

/** @throws UserError `ARGUMENT_BAD`, `ARGUMENT_UNEXPECTED`, exit code 2 */
export function readDemoOptions(args: readonly string[]): DemoOptions {
  const values = parseOrExitCode2(args);
  const { scenario, seconds } = values;
  if (scenario !== undefined && scenario !== 'failover')
    throw bad(`--scenario ${String(scenario)}`, 'failover');
  const number = typeof seconds === 'string' ? Number(seconds) : undefined;
  if (number !== undefined && !(number > 0 && number <= 86_400)) {
    throw bad(`--seconds ${String(seconds)}`, 'a number from 1 to 86400');
  }
  return { scenario: scenario === 'failover', seconds: number, help: values.help === true };
}

function bad(what: string, wanted: string): UserError {
  return new UserError(`demo: bad argument ${what}`, {
    code: 'ARGUMENT_BAD',
    hint: `${wanted} is known`,
    exitCode: 2,
  });
}

function parseOrExitCode2(args: readonly string[]) {
  try {
    return parseDaemonArguments('demo', args, {
      scenario: { type: 'string' },
      seconds: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, code } = error;
    throw new UserError(message, { code, hint: 'npm start -- --help lists the options', exitCode: 2 });
  }
}
