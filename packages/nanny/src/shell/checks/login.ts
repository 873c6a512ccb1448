import { passwordOf, readCheckFile } from '@piranha/config/check-files';
import type { Login } from '../../core/kinds/login.js';
import type { StepLimits } from '../step-limit.js';
import { CheckFailure } from './connection.js';
import { FileReads } from './file-reads.js';

const secrets = new FileReads((path) => readCheckFile(path, 'password'));

/** The password of a file; no file, no password. @throws CheckFailure where it cannot be used */
export async function passwordFrom(
  file: string | undefined,
  limits: StepLimits,
): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const read = await secrets.read(file, limits);
  const password = read.ok ? passwordOf(read.text) : read;
  if (password.ok) return password.secret;
  throw new CheckFailure(`password_file ${file}: ${password.problem}`, { code: password.problem });
}

/** Whom to log in as; without a user nobody, without a file with an empty password. @throws CheckFailure */
export async function loginFrom(
  user: string | undefined,
  passwordFile: string | undefined,
  limits: StepLimits,
): Promise<Login | undefined> {
  const password = await passwordFrom(passwordFile, limits);
  return user === undefined ? undefined : { user, password: password ?? '' };
}
