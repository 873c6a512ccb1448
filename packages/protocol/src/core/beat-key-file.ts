/** The text of a key file: `KEYID SECRET [send]` in each line. */

const SECRET_BYTES = 32;
const MOST_KEYS = 16;
/** A secret with fewer different bytes was typed, not drawn: of 2^40 drawn ones not one has so few. */
const LEAST_DIFFERENT_BYTES = 16;

interface BeatKeyLines {
  /** Id of the key by which this node sends. */
  readonly sendId: number;
  /** 32 bytes each, by id. */
  readonly secrets: ReadonlyMap<number, Buffer>;
}

/** What is wrong in a key file. Texts never hold a part of a secret. */
export interface KeyFileProblem {
  /** Undefined: it is the file as a whole. */
  readonly place: { readonly line: number; readonly column: number } | undefined;
  readonly code: `BEAT_KEYS_${'SYNTAX' | 'ID' | 'SECRET' | 'WEAK' | 'DUPLICATE' | 'SEND' | 'EMPTY' | 'TOO_MANY'}`;
  readonly text: string;
  readonly hint: string;
}

export type KeyFileVerdict =
  | { readonly type: 'keys'; readonly keys: BeatKeyLines }
  | { readonly type: 'problem'; readonly problem: KeyFileProblem };

interface KeyLine {
  readonly line: number;
  readonly id: number;
  readonly secret: Buffer;
  readonly sends: boolean;
}

type Words = readonly { readonly text: string; readonly column: number }[];

const LINE_HINT = 'a line is KEYID SECRET [send]; lvsctl keygen makes one';

/** Reads the text of a key file; gives the first problem. */
export function parseBeatKeys(text: string): KeyFileVerdict {
  const lines: KeyLine[] = [];
  for (const [index, content] of text.split(/\r?\n/).entries()) {
    const words = wordsOf(content);
    if (words.length === 0) continue;
    const read = readLine(words, index + 1);
    if ('code' in read) return { type: 'problem', problem: read };
    lines.push(read);
  }
  const problem = problemOfAll(lines);
  if (problem !== undefined) return { type: 'problem', problem };
  const sender = lines.find(({ sends }) => sends) ?? lines[0];
  const secrets = new Map(lines.map(({ id, secret }) => [id, secret]));
  return { type: 'keys', keys: { sendId: sender?.id ?? 0, secrets } };
}

function wordsOf(content: string): Words {
  const code = content.replace(/(^|\s)#.*$/, '$1');
  return [...code.matchAll(/\S+/g)].map((match) => ({ text: match[0], column: match.index + 1 }));
}

function readLine(words: Words, line: number): KeyLine | KeyFileProblem {
  const [idWord, secretWord, sendWord, surplus] = words;
  const at = (column: number) => ({ place: { line, column } });
  const id = Number(idWord?.text);
  if (!/^[1-9][0-9]{0,9}$/.test(idWord?.text ?? '') || id > 0xffff_ffff) {
    const text = 'a key id is a number from 1 to 4294967295';
    return { ...at(idWord?.column ?? 1), code: 'BEAT_KEYS_ID', text, hint: LINE_HINT };
  }
  if (secretWord === undefined) {
    const column = (idWord?.column ?? 1) + (idWord?.text.length ?? 0);
    return { ...at(column), code: 'BEAT_KEYS_SYNTAX', text: `key ${id} has no secret`, hint: LINE_HINT };
  }
  const secret = readSecret(secretWord.text);
  if (secret === undefined) {
    const text = `the secret of key ${id} is neither 64 hexadecimal digits nor base64: and 32 bytes`;
    return { ...at(secretWord.column), code: 'BEAT_KEYS_SECRET', text, hint: 'lvsctl keygen makes one' };
  }
  if (new Set(secret).size < LEAST_DIFFERENT_BYTES) {
    const text = `the secret of key ${id} was not drawn at random`;
    return { ...at(secretWord.column), code: 'BEAT_KEYS_WEAK', text, hint: 'lvsctl keygen makes a good one' };
  }
  const odd = sendWord !== undefined && sendWord.text !== 'send' ? sendWord : surplus;
  if (odd !== undefined) {
    const text = 'only the word send may stand behind a secret';
    return { ...at(odd.column), code: 'BEAT_KEYS_SYNTAX', text, hint: LINE_HINT };
  }
  return { line, id, secret, sends: sendWord !== undefined };
}

function readSecret(word: string): Buffer | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(word)) return Buffer.from(word, 'hex');
  const coded = /^base64:([A-Za-z0-9+/]{43}=?)$/.exec(word)?.[1];
  const bytes = coded === undefined ? undefined : Buffer.from(coded, 'base64');
  return bytes?.length === SECRET_BYTES ? bytes : undefined;
}

function problemOfAll(lines: readonly KeyLine[]): KeyFileProblem | undefined {
  const problem = (
    line: number | undefined,
    code: KeyFileProblem['code'],
    text: string,
    hint: string,
  ): KeyFileProblem => ({
    place: line === undefined ? undefined : { line, column: 1 },
    code,
    text,
    hint,
  });
  if (lines.length === 0) return problem(undefined, 'BEAT_KEYS_EMPTY', 'there is no key', LINE_HINT);
  const surplus = lines[MOST_KEYS];
  if (surplus !== undefined) {
    const text = `more than ${MOST_KEYS} keys`;
    return problem(surplus.line, 'BEAT_KEYS_TOO_MANY', text, 'two are enough to change over');
  }
  for (const [index, one] of lines.entries()) {
    const earlier = lines.slice(0, index);
    const sameId = earlier.find(({ id }) => id === one.id);
    if (sameId !== undefined) {
      const text = `key ${one.id} stands in line ${sameId.line} already`;
      return problem(one.line, 'BEAT_KEYS_DUPLICATE', text, 'give the new key another id');
    }
    const sameSecret = earlier.find(({ secret }) => secret.equals(one.secret));
    if (sameSecret !== undefined) {
      const text = `key ${one.id} has the secret of key ${sameSecret.id}`;
      return problem(one.line, 'BEAT_KEYS_DUPLICATE', text, 'lvsctl keygen makes a new one');
    }
  }
  const senders = lines.filter(({ sends }) => sends);
  const second = senders[1];
  if (second !== undefined) {
    const text = `key ${senders[0]?.id} sends already`;
    return problem(second.line, 'BEAT_KEYS_SEND', text, 'mark one line with send');
  }
  if (senders.length === 0 && lines.length > 1) {
    const text = 'of several keys none is marked with send';
    return problem(undefined, 'BEAT_KEYS_SEND', text, 'mark the line of the key by which this node sends');
  }
  return undefined;
}
