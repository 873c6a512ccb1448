import type { Mention } from '../mention-model.js';
import type { Diagnostic } from '../model.js';
import { translateEscapes } from './pattern/escapes.js';
import { compilePattern } from './pattern/pattern.js';

const HINT = 'it is a POSIX extended regular expression; lvsctl probe tries it';

/** What is wrong with the regular expressions of a file. An error, but for words of the original, which took them. */
export function patternFindings(mentions: readonly Mention[]): Diagnostic[] {
  return mentions.flatMap(({ kind, word, value, line, column }): Diagnostic[] => {
    if (kind !== 'regex' && kind !== 'expect') return [];
    const text = kind === 'expect' ? translateEscapes(value) : value;
    const compiled = compilePattern(new TextEncoder().encode(text));
    if (compiled.ok) return [];
    const problem = `${word} is no regular expression: ${compiled.error}`;
    if (kind === 'regex')
      return [{ severity: 'error', code: 'CF_CHECK_REGEX', line, column, text: problem, hint: HINT }];
    const outcome = `${problem}; every server would be down`;
    return [{ severity: 'warning', code: 'CF_EXPECT_REGEX', line, column, text: outcome, hint: HINT }];
  });
}
