/**
 * Text from a daemon or a file, safe for a terminal: control characters (escape sequences among them) and marks that
 * turn the writing direction become `?`, line ends and tabs a blank.
 */
export function terminalText(text: string): string {
  return (
    text
      .replace(/[\t\r\n]+/g, ' ')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '?')
  );
}

/** The stable code behind a refusal, as behind every error; nothing where a daemon of an earlier version tells none. */
export function codeText(code: string | undefined): string {
  return code === undefined ? '' : ` [${terminalText(code)}]`;
}

/** Rows as columns, each as wide as its widest cell, two blanks between them; cells are made safe for a terminal. */
export function columns(rows: readonly (readonly string[])[], indent = ''): string[] {
  const safe = rows.map((row) => row.map(terminalText));
  const widths: number[] = [];
  for (const row of safe) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    });
  }
  return safe.map(
    (row) =>
      indent +
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
  );
}

/** A span in its one or two largest units: `3 s`, `4 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const units: readonly (readonly [number, string])[] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  const first = units.findIndex(([size]) => seconds >= size);
  const [large, small] = first < 0 ? [units.at(-1)] : [units[first], units[first + 1]];
  if (large === undefined) return '0 s';
  const head = `${Math.floor(seconds / large[0])} ${large[1]}`;
  const rest = small === undefined ? 0 : Math.floor((seconds % large[0]) / small[0]);
  return small === undefined || rest === 0 ? head : `${head} ${rest} ${small[1]}`;
}
