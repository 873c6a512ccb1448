import { bareWord, quotedWord } from '@piranha/config';
import { byteText } from './byte-text.js';
import type { DraftValue } from './draft.js';

const INDENTATION = {
  global: '',
  virtual: ' '.repeat(5),
  server: ' '.repeat(9),
  serverCheck: ' '.repeat(13),
} as const;

export type Level = keyof typeof INDENTATION;

/** Blanks before a statement of a level. */
export function indentationOf(level: Level): string {
  return INDENTATION[level];
}

/** Lines `name = value` of one level; nothing for what is undefined. Texts are written as they are. */
export function statements(level: Level, values: Readonly<Record<string, DraftValue | undefined>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const text = typeof value === 'boolean' ? String(Number(value)) : String(value);
    return [`${INDENTATION[level]}${name} = ${text}`];
  });
}

function word(value: string): string {
  return byteText(quotedWord, value);
}

/** A text as one word, in quotes where it needs them. */
export function optionalWord(value: string | undefined): string | undefined {
  return value === undefined ? undefined : word(value);
}

/** The same of each text in a list of values. */
export function quoted(
  values: Readonly<Record<string, DraftValue | undefined>>,
): Readonly<Record<string, DraftValue | undefined>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? word(value) : value]),
  );
}

/** True for a text that lvs.cf can hold as a value. */
export function canBeWritten(value: string): boolean {
  if (value === '' || value.length > 4096 || /[\p{Cc}]/u.test(value)) return false;
  try {
    word(value);
    return true;
  } catch {
    return false;
  }
}

/** True for a text that can be one word without quotes, such as a device. */
export function isPlainWord(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value) && bareWord(value) !== undefined && !/["'{}]/.test(value);
}
