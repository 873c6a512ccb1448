import { canBeWritten } from './writer.js';

const WORD_LIMIT = 39;

/** A server as a check program sees it in its arguments. */
export interface ProgramTarget {
  readonly address: string;
  readonly port: number;
}

/**
 * Words of a command as a send_program, which is split at blanks: the server's address becomes `%h` and, behind it, its
 * port `%p`, so that one program serves all servers. Undefined for words that lvs.cf cannot hold.
 */
export function programText(words: readonly string[], target: ProgramTarget): string | undefined {
  if (words.length === 0 || words.length > WORD_LIMIT) return undefined;
  if (words.some((word) => word === '' || /[\s"'\\]/.test(word) || /^%[hp]$/.test(word))) return undefined;
  const addressAt = words.indexOf(target.address, 1);
  const shared = words.map((word, index) => {
    if (index > 0 && word === target.address) return '%h';
    return addressAt > 0 && index > addressAt && word === String(target.port) ? '%p' : word;
  });
  const text = shared.join(' ');
  return canBeWritten(text) ? text : undefined;
}

/** One echo request to the server, which must be answered. */
export const PING_PROGRAM = '/bin/ping -n -c 1 %h';
