/** Numbers as an lvs.cf writes them. */

const SIGNED = /^[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/;

export interface ReadInteger {
  readonly value: number;
  /** True for `010`: eight, where a reader would think of ten. */
  readonly octal: boolean;
}

/** Reads an integer as strtol(3) with base 0 does: `010` is 8, `0x10` is 16, empty text is 0. */
export function readInteger(text: string): ReadInteger | undefined {
  if (text === '') return { value: 0, octal: false };
  const match = SIGNED.exec(text);
  const digits = match?.[2];
  if (digits === undefined) return undefined;
  const hexadecimal = /^0[xX]/.test(digits);
  const octal = !hexadecimal && digits.length > 1 && digits.startsWith('0');
  const size = Number.parseInt(hexadecimal ? digits.slice(2) : digits, hexadecimal ? 16 : octal ? 8 : 10);
  const value = match?.[1] === '-' ? -size : size;
  return { value: value === 0 ? 0 : value, octal: octal && Number.parseInt(digits, 10) !== size };
}

/** Reads a number of seconds: an integer, or a decimal fraction such as `0.5`. */
export function readSeconds(text: string): ReadInteger | undefined {
  if (/^[+-]?([0-9]+\.[0-9]*|\.[0-9]+)$/.test(text)) return { value: Number(text), octal: false };
  return readInteger(text);
}
