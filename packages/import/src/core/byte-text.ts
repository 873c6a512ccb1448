/** Applies a function of byte strings, one character for each byte of UTF-8, to readable text. */
export function byteText(change: (bytes: string) => string, text: string): string {
  const bytes = new TextEncoder().encode(text);
  const changed = change(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return new TextDecoder().decode(Uint8Array.from(changed, (character) => character.charCodeAt(0)));
}
