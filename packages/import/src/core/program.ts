import { canBeWritten } from './writer-words.js';

const WORD_LIMIT = 39;

/** A server as a check program sees it in its arguments. */
export interface ProgramTarget {
  readonly address: string;
  readonly port: number;
}

function isWord(word: string): boolean {
  return word !== '' && !/[\s"'\\]/.test(word) && !/^%[hp]$/.test(word);
}

/**
 * Words of a command as a program of lvs.cf, which is split at blanks and begins with /. Undefined for words that lvs.cf
 * cannot hold.
 */
export function commandText(words: readonly string[]): string | undefined {
  if (words.length === 0 || words.length > WORD_LIMIT || !words.every(isWord)) return undefined;
  const text = words.join(' ');
  return text.startsWith('/') && canBeWritten(text) ? text : undefined;
}

/**
 * The same of a check of a server, whose address becomes `%h` and, behind it, its port `%p`, so that one program serves
 * all servers.
 */
export function programText(words: readonly string[], target: ProgramTarget): string | undefined {
  if (commandText(words) === undefined) return undefined;
  const addressAt = words.indexOf(target.address, 1);
  const shared = words.map((word, index) => {
    if (index > 0 && word === target.address) return '%h';
    return addressAt > 0 && index > addressAt && word === String(target.port) ? '%p' : word;
  });
  return shared.join(' ');
}

/** Words of a command line that may be quoted as one, or stand by themselves. */
export function wordsOfCommand(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
