/** A set of byte values; index = byte, 1 = member. */
export type ByteSet = Uint8Array;

/** The set of the bytes for which `holds` is true. */
export function byteSet(holds: (byte: number) => boolean): ByteSet {
  return Uint8Array.from({ length: 256 }, (_, byte) => (holds(byte) ? 1 : 0));
}

const between = (first: string, last: string) => (byte: number) =>
  byte >= first.charCodeAt(0) && byte <= last.charCodeAt(0);

const isDigit = between('0', '9');
const isUpper = between('A', 'Z');
const isLower = between('a', 'z');
const isAlpha = (byte: number) => isUpper(byte) || isLower(byte);
const isAlnum = (byte: number) => isAlpha(byte) || isDigit(byte);
const isGraph = between('!', '~');
const isSpace = (byte: number) => byte === 32 || (byte >= 9 && byte <= 13);

/** True for the bytes of a word: letters, digits and the underscore. */
export const isWordByte = (byte: number): boolean => isAlnum(byte) || byte === 95;

const CLASSES: Readonly<Record<string, (byte: number) => boolean>> = {
  alnum: isAlnum,
  alpha: isAlpha,
  blank: (byte) => byte === 32 || byte === 9,
  cntrl: (byte) => byte < 32 || byte === 127,
  digit: isDigit,
  graph: isGraph,
  lower: isLower,
  print: (byte) => byte === 32 || isGraph(byte),
  punct: (byte) => isGraph(byte) && !isAlnum(byte),
  space: isSpace,
  upper: isUpper,
  xdigit: (byte) => isDigit(byte) || between('a', 'f')(byte) || between('A', 'F')(byte),
};

/** The members of a POSIX class such as `digit`, in the C locale; undefined for an unknown name. */
export function posixClass(name: string): ((byte: number) => boolean) | undefined {
  return Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
}

const not = (holds: (byte: number) => boolean) => (byte: number) => !holds(byte);

const ESCAPED_SETS: Readonly<Record<string, (byte: number) => boolean>> = {
  d: isDigit,
  D: not(isDigit),
  s: isSpace,
  S: not(isSpace),
  w: isWordByte,
  W: not(isWordByte),
};

/** The members of `\d \D \s \S \w \W`; undefined for another letter. */
export function escapedSet(letter: string): ((byte: number) => boolean) | undefined {
  return Object.hasOwn(ESCAPED_SETS, letter) ? ESCAPED_SETS[letter] : undefined;
}
