const TRANSLATIONS: Readonly<Record<string, string>> = {
  '\\': '\\',
  r: '\r',
  n: '\n',
  t: '\t',
  "'": "'",
  '"': '"',
};

/**
 * Translates the backslash sequences of send and expect strings: `\\ \r \n \t \' \"`, as the original's nanny did,
 * and only in strings of two or more characters. Unknown sequences (`\.`, `\d`) and a final backslash stay as they
 * are; the original looped for ever on those.
 */
export function translateEscapes(text: string): string {
  if (text.length < 2) return text;
  return text.replace(/\\([\s\S])/g, (sequence, character: string) => TRANSLATIONS[character] ?? sequence);
}
