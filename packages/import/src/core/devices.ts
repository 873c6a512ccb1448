import { isPlainWord } from './writer-words.js';

const DEVICE_LIMIT = 15;

/** The word if it can be the name of a network device, with or without a label. */
export function deviceOf(word: string | undefined): string | undefined {
  if (word === undefined || word.length > DEVICE_LIMIT || !isPlainWord(word)) return undefined;
  return /^[^/:]+(:[^/]*)?$/.test(word) ? word : undefined;
}
