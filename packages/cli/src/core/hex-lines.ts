const ROW_BYTES = 16;

/**
 * Whether a person can read these bytes as they are: UTF-8 of which nothing is a control character but line ends and
 * tabs. One that is cut off at the end may end within a character.
 */
export function isReadable(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffd]/.test(text.replace(/\ufffd$/, ''));
}

/** Bytes as hexadecimal digits, 16 a row, with the ASCII that is among them. */
export function hexRows(bytes: Uint8Array): string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW_BYTES) {
    const row = [...bytes.subarray(at, at + ROW_BYTES)];
    const digits = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const signs = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    rows.push(`${digits.padEnd(3 * ROW_BYTES - 1)}  ${signs}`);
  }
  return rows;
}
