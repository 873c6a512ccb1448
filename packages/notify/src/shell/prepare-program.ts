import { errorText } from '@piranha/common';
import type { UserEntry } from '../core/passwd.js';
import { unsafeElement } from '../core/path-safety.js';
import { notExecutable, pathElements } from './program-path.js';
import type { ProgramOptions } from './run-program.js';
import { groupWords, lookUpUser } from './users.js';

export interface ProgramRequest {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined = the user of the daemon. */
  readonly user: string | undefined;
}

/** A program ready to start, or why not. `unsafe`: somebody else could put another program in its place. */
export interface PreparedProgram {
  readonly options?: ProgramOptions;
  readonly unsafe?: string;
  readonly problem?: string;
}

/** Finds out how to run a program as its user, and whether root may. */
export async function prepareProgram(request: ProgramRequest): Promise<PreparedProgram> {
  const [program, ...args] = request.words;
  if (program === undefined) return { problem: 'it is empty' };
  const own = process.getuid?.() ?? 0;
  const user = request.user === undefined ? undefined : await lookUpUser(request.user);
  if (request.user !== undefined && user === undefined) return { problem: `no user ${request.user}` };
  if (user !== undefined && own !== 0 && user.uid !== own) {
    return { problem: `only root can run it as ${user.name}` };
  }
  const options = withUser(program, args, request.environment, own === 0 ? user : undefined);
  const looks = own === 0 && program.startsWith('/');
  const unsafe = looks ? whyUnsafe(program, user?.uid ?? own) : undefined;
  return unsafe === undefined ? { options } : { options, unsafe };
}

/** Why root must not run this program as `uid`, or why it cannot run; for a check of the configuration. */
export function programProblem(
  program: string,
  uid: number,
): { readonly unsafe?: string; readonly problem?: string } {
  const problem = notExecutable(program);
  if (problem !== undefined) return { problem };
  const unsafe = whyUnsafe(program, uid);
  return unsafe === undefined ? {} : { unsafe };
}

function whyUnsafe(program: string, uid: number): string | undefined {
  try {
    return unsafeElement(pathElements(program), uid);
  } catch (error) {
    // Starting it fails with a message of its own; what root itself cannot look at is not trusted.
    const { code } = error as NodeJS.ErrnoException;
    const blind = code === 'EACCES' && process.getuid?.() !== 0;
    return code === 'ENOENT' || blind ? undefined : errorText(error);
  }
}

function withUser(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  user: UserEntry | undefined,
): ProgramOptions {
  if (user === undefined) return { program, args, environment };
  const own = { HOME: user.home, USER: user.name, LOGNAME: user.name };
  const [setpriv, ...words] = groupWords(user) ?? [];
  if (setpriv === undefined) {
    const identity = { uid: user.uid, gid: user.gid };
    return { program, args, environment: { ...environment, ...own }, identity };
  }
  return { program: setpriv, args: [...words, program, ...args], environment: { ...environment, ...own } };
}
