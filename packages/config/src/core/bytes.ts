/** Files are held as "byte strings": one character (code 0 to 255) for each byte, so that nothing is ever lost. */

const CHUNK_BYTES = 8192;
const HIGH_BYTE = /[\x80-\xff]/;

/** A byte string of the bytes; text is taken as UTF-8 first. */
export function toByteString(input: Uint8Array | string): string {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK_BYTES));
  }
  return text;
}

/** The bytes of a byte string. */
export function fromByteString(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at) & 255;
  return bytes;
}

/** Readable text of a byte string: UTF-8 where it is valid, else undefined. */
export function decodeUtf8(text: string): string | undefined {
  if (!HIGH_BYTE.test(text)) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromByteString(text));
  } catch {
    return undefined;
  }
}

/** Readable text of a byte string; bytes that are no UTF-8 stand for themselves (Latin-1). */
export function readableText(text: string): string {
  return decodeUtf8(text) ?? text;
}

/** Column from 1, in characters, of the byte at `index` (from 0) of a line. */
export function columnOf(line: string, index: number): number {
  const before = line.slice(0, index);
  return HIGH_BYTE.test(before) ? [...readableText(before)].length + 1 : index + 1;
}
