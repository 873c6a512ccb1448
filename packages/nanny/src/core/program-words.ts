import { programWords } from '@piranha/common';
import type { CheckTarget } from '../check.js';

/** The original's argument array held this many words. */
const WORD_LIMIT = 39;

export type SplitProgram =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly error: string };

/**
 * Splits a send_program on blanks, without quotes and without a shell, as the original's nanny did. The whole words
 * `%h` and `%p` become the real server's address and port; at most 39 words.
 */
export function splitProgram(program: string, target: CheckTarget): SplitProgram {
  const words = programWords(program);
  if (words.length === 0) return { ok: false, error: 'it is empty' };
  if (words.length > WORD_LIMIT) {
    return { ok: false, error: `it has ${words.length} words, at most ${WORD_LIMIT} are allowed` };
  }
  const replaced = words.map((word) => {
    if (word === '%h') return target.address;
    return word === '%p' ? String(target.port) : word;
  });
  return { ok: true, words: replaced };
}
