import { errorText, programWords, UserError } from '@piranha/common';
import type { Diagnostic, LvsConfiguration } from '@piranha/config';
import type { UserEntry } from '../core/passwd.js';
import { programProblem } from './prepare-program.js';
import { DENIED, readCertificates, readPassword } from './secrets.js';
import { lookUpUser } from './users.js';

/**
 * What is wrong on this machine with the programs, the user and the files that the configuration names for
 * notifications. Warnings alone: a director serves without them.
 */
export async function checkNotifyFiles(configuration: LvsConfiguration): Promise<readonly Diagnostic[]> {
  const { notify } = configuration;
  const findings: Diagnostic[] = [];
  const warn = (word: string, code: string, text: string, hint: string): void => {
    const line = notify.lines[word] ?? 0;
    findings.push({ severity: 'warning', code, line, column: line === 0 ? 0 : 1, text, hint });
  };
  const user = notify.user === undefined ? undefined : await lookUpUser(notify.user);
  if (notify.user !== undefined && user === undefined) {
    warn(
      'notify_user',
      'NOTIFY_USER',
      `there is no user ${notify.user} here: no program would run`,
      'create it',
    );
  }
  const programs = {
    notify: notify.program,
    notify_server: notify.serverProgram,
    active_cmd: configuration.activeCommand,
    inactive_cmd: configuration.inactiveCommand,
  };
  for (const [word, text] of Object.entries(programs)) checkProgram(word, text, user, warn);
  const { mail } = notify;
  const files = [
    ['smtp_password_file', mail?.passwordFile, readPassword, 'a file of root with mode 0600'],
    ['smtp_ca_file', mail?.caFile, readCertificates, 'a file in PEM that root can read'],
  ] as const;
  for (const [word, path, read, hint] of files) {
    const problem = path === undefined ? undefined : problemOf(() => read(path));
    if (problem === undefined) continue;
    warn(word, 'NOTIFY_SECRET', `${problem}; no mail would be sent`, hint);
  }
  return findings;
}

function checkProgram(
  word: string,
  text: string | undefined,
  user: UserEntry | undefined,
  warn: (word: string, code: string, text: string, hint: string) => void,
): void {
  const program = programWords(text ?? '')[0];
  // A bare name is looked for in the daemons' own path.
  if (program === undefined || !program.startsWith('/')) return;
  const { problem, unsafe } = programProblem(program, user?.uid ?? 0);
  if (problem !== undefined) warn(word, 'NOTIFY_PROGRAM', problem, 'make it a program that can be run');
  if (unsafe === undefined) return;
  const outcome = word.startsWith('notify') ? 'root would not run it' : 'root would run what they put there';
  warn(
    word,
    'NOTIFY_UNSAFE',
    `${unsafe}: ${outcome}`,
    'chown root and chmod go-w, the directories above it too',
  );
}

function problemOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    // Whoever checks may see less than the daemons.
    if (error instanceof UserError && error.code === DENIED) return undefined;
    return errorText(error);
  }
}
