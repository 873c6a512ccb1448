/** What the files of a check may hold: the same rules for nanny, which reads them at each check, and for who looks before. */

export type SecretText =
  | { readonly ok: true; readonly secret: string }
  | { readonly ok: false; readonly problem: string };

/** The headers of a headers file; undefined where a line is none. Blank lines and comments are skipped. */
export function headersOfFile(text: string): readonly string[] | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines.every((line) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*[^\0\r\n]*$/.test(line))
    ? lines
    : undefined;
}

/** The password of a password file: its only line. */
export function passwordOf(text: string): SecretText {
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') return { ok: false, problem: 'it is empty' };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not stand in a line of a protocol
  if (/[\x00-\x1f\x7f]/.test(secret)) return { ok: false, problem: 'it has more than one line' };
  return { ok: true, secret };
}

/** What is wrong with a file of trusted authorities before anybody looks at the certificates themselves. */
export function certificatesProblem(text: string): string | undefined {
  if (text.trim() === '') return 'it is empty';
  return /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/.test(text) ? undefined : 'it holds no certificate in PEM';
}
