import { parseArgs } from 'node:util';
import { UserError } from './user-error.js';

/** One option of a daemon, in the form of Node's `util.parseArgs`. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
}

export type OptionValues = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/**
 * Reads a daemon's command line with the original's manners.
 * @throws UserError `ARGUMENT_BAD` for an unknown option or a missing value, `ARGUMENT_UNEXPECTED` for stray words;
 *   texts as the original's: `NAME: bad argument X: reason`, `NAME: unexpected arguments`.
 */
export function parseDaemonArguments(
  program: string,
  args: readonly string[],
  options: Readonly<Record<string, OptionSpec>>,
): OptionValues {
  let parsed: { values: OptionValues; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error);
    const word = /'([^' ,]+)[^']*'/.exec(reason)?.[1] ?? args[0] ?? '';
    throw new UserError(`${program}: bad argument ${word}: ${reason}`, {
      code: 'ARGUMENT_BAD',
      hint: `${program} --help lists the options`,
    });
  }
  if (parsed.positionals.length > 0) {
    throw new UserError(`${program}: unexpected arguments`, {
      code: 'ARGUMENT_UNEXPECTED',
      hint: `'${parsed.positionals[0]}' belongs to no option; ${program} --help lists them`,
    });
  }
  return parsed.values;
}
