/**
 * The words of a program in lvs.cf: split at blanks and tabs, without quotes and without a shell, as the original
 * split its commands. No word for an empty text.
 */
export function programWords(text: string): readonly string[] {
  return text.split(/[ \t]+/).filter((word) => word !== '');
}
