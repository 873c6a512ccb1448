import { programWords } from '@piranha/common';
import type { Diagnostic, LvsConfiguration, Mention } from '@piranha/config';
import { programProblem } from './prepare-program.js';
import { lookUpUser } from './users.js';

interface Words {
  readonly missing: string;
  readonly unsafe: string;
  /** What follows from a program that cannot run, and from one that somebody else may change. */
  readonly missingOutcome: string;
  readonly unsafeOutcome: string;
}

const WORDS: Readonly<Partial<Record<Mention['kind'], Words>>> = {
  'quorum program': {
    missing: 'NOTIFY_PROGRAM',
    unsafe: 'NOTIFY_UNSAFE',
    missingOutcome: 'nothing would run',
    unsafeOutcome: 'root would not run it',
  },
  'check program': {
    missing: 'CHECK_PROGRAM',
    unsafe: 'CHECK_PROGRAM_UNSAFE',
    missingOutcome: 'the check would fail',
    unsafeOutcome: 'the user of lvsd would run what they put there',
  },
};

/** What is wrong on this machine with the programs that the services of lvs.cf name: warnings. */
export async function checkServicePrograms(
  { notify }: Pick<LvsConfiguration, 'notify'>,
  mentions: readonly Mention[],
): Promise<readonly Diagnostic[]> {
  const programs = mentions.filter(({ kind }) => WORDS[kind] !== undefined);
  if (programs.length === 0) return [];
  const user = notify.user === undefined ? undefined : await lookUpUser(notify.user);
  const looks = new Map<string, ReturnType<typeof programProblem>>();
  return programs.flatMap(({ kind, word, value, line, column }): Diagnostic[] => {
    const program = programWords(value)[0];
    const words = WORDS[kind];
    // A bare name is looked for in the daemons' own path.
    if (words === undefined || program === undefined || !program.startsWith('/')) return [];
    const uid = kind === 'quorum program' ? (user?.uid ?? 0) : 0;
    const look = looks.get(`${uid} ${program}`) ?? programProblem(program, uid);
    looks.set(`${uid} ${program}`, look);
    const { problem, unsafe } = look;
    if (problem !== undefined) {
      const text = `${word}: ${problem}: ${words.missingOutcome}`;
      const hint = 'make it a program that can be run';
      return [{ severity: 'warning', code: words.missing, line, column, text, hint }];
    }
    if (unsafe === undefined) return [];
    const text = `${word}: ${unsafe}: ${words.unsafeOutcome}`;
    const hint = 'chown root and chmod go-w, the directories above it too';
    return [{ severity: 'warning', code: words.unsafe, line, column, text, hint }];
  });
}
