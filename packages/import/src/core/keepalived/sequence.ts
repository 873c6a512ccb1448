/** `~SEQ(NAME, start, step, end) text` and `~LST(NAME, a, b) text`: the text once for each value. */

const SEQUENCE = /^\s*~SEQ(x?)\(\s*([A-Za-z_]\w*)\s*,([^)]*)\)\s*(.*)$/;
const LIST = /^\s*~LST\(\s*([A-Za-z_]\w*)\s*,([^(){}]*)\)\s*(.*)$/;
const NUMBER = /^[+-]?(\d+|0x[0-9a-fA-F]+)$/;
const REPEAT_LIMIT = 4096;

function readNumbers(text: string): readonly number[] | undefined {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length > 3 || !parts.every((part) => NUMBER.test(part))) return undefined;
  return parts.map((part) =>
    part.startsWith('-') ? -Number(part.slice(1)) : Number(part.replace(/^\+/, '')),
  );
}

function bounds(numbers: readonly number[]): { start: number; step: number; end: number } {
  const end = numbers.at(-1) ?? 0;
  const start = numbers.length > 1 ? (numbers[0] ?? 0) : end > 0 ? 1 : -1;
  const step = numbers.length > 2 ? (numbers[1] ?? 0) : end < start ? -1 : 1;
  return { start, step, end };
}

/** Puts a value in the place of `${NAME}`, and of `$NAME` where a blank or nothing follows. */
function substitute(text: string, name: string, value: string): string {
  return text.replace(new RegExp(`\\$(?:\\{${name}\\}|${name}(?=\\s|$))`, 'g'), () => value);
}

/** Variable, values and text of a line; undefined where it has no values that can be understood. */
function readLoop(line: string): { name: string; values: readonly string[]; rest: string } | undefined {
  const [, listed, items = '', listRest = ''] = LIST.exec(line) ?? [];
  if (listed !== undefined) {
    return { name: listed, values: items.split(',').map((item) => item.trim()), rest: listRest };
  }
  const [, hexadecimal, name = '', numbersText = '', rest = ''] = SEQUENCE.exec(line) ?? [];
  const numbers = hexadecimal === undefined ? undefined : readNumbers(numbersText);
  if (numbers === undefined) return undefined;
  const { start, step, end } = bounds(numbers);
  const count = step === 0 ? 0 : Math.floor((end - start) / step) + 1;
  if (count < 1 || count > REPEAT_LIMIT) return undefined;
  const radix = hexadecimal === '' ? 10 : 16;
  const values = Array.from({ length: count }, (_, index) => (start + index * step).toString(radix));
  return { name, values, rest };
}

/**
 * The lines that one line with `~SEQ` or `~LST` at its front stands for; the line itself where it has neither,
 * undefined where its values cannot be understood, or where there would be more than 4096 lines.
 */
export function expandSequence(line: string): readonly string[] | undefined {
  if (!/^\s*~/.test(line)) return [line];
  const loop = readLoop(line);
  const lines: string[] = [];
  for (const value of loop?.values ?? []) {
    const inner = expandSequence(substitute(loop?.rest ?? '', loop?.name ?? '', value));
    if (inner === undefined || lines.length + inner.length > REPEAT_LIMIT) return undefined;
    lines.push(...inner);
  }
  return loop === undefined ? undefined : lines;
}
