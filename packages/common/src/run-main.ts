import { errorText, UserError } from './user-error.js';

/**
 * Runs a program's main function. A UserError is told in two lines on stderr and ends with its exit code; any
 * other error is a bug: the stack is printed and the process ends with 70 (EX_SOFTWARE), for its supervisor.
 */
export function runMain(program: string, main: () => Promise<void> | void): void {
  process.on('unhandledRejection', (error) => fail(program, error));
  process.on('uncaughtException', (error) => fail(program, error));
  Promise.resolve()
    .then(main)
    .catch((error: unknown) => fail(program, error));
}

function fail(program: string, error: unknown): never {
  if (error instanceof UserError) {
    process.stderr.write(`${error.message} [${error.code}]\n`);
    if (error.hint) process.stderr.write(`${program}: hint: ${error.hint}\n`);
    process.exit(error.exitCode);
  }
  process.stderr.write(`${program}: internal error: ${errorText(error)}\n`);
  if (error instanceof Error && error.stack) process.stderr.write(`${error.stack}\n`);
  process.exit(70);
}
