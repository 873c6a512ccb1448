import { type ByteSet, byteSet, posixClass } from './byte-set.js';
import { PatternError } from './pattern-error.js';

interface Member {
  /** A single byte, which may begin a range; undefined for a class. */
  readonly byte: number | undefined;
  readonly next: number;
}

const OPEN = '[';
const CLOSE = ']';

/** Reads `[:name:]`, `[=x=]`, `[.x.]` or one plain byte at `at`; classes are put into `members`. */
function readMember(text: string, at: number, members: Uint8Array): Member {
  const kind = text.charAt(at + 1);
  if (text.charAt(at) !== OPEN || !':=.'.includes(kind) || kind === '') {
    return { byte: text.charCodeAt(at), next: at + 1 };
  }
  const end = text.indexOf(`${kind}${CLOSE}`, at + 2);
  if (end === -1) throw new PatternError('Unmatched [, [^, [:, [., or [=');
  const name = text.slice(at + 2, end);
  if (kind !== ':') {
    if (name.length !== 1) throw new PatternError('Invalid collation character');
    return { byte: name.charCodeAt(0), next: end + 2 };
  }
  const holds = posixClass(name);
  if (!holds) throw new PatternError('Invalid character class name');
  for (let byte = 0; byte < 256; byte++) if (holds(byte)) members[byte] = 1;
  return { byte: undefined, next: end + 2 };
}

/**
 * Reads a POSIX bracket expression whose `[` stands at `start`. A backslash is an ordinary member, `]` is one when it
 * comes first. `next` is the place after the closing `]`.
 * @throws PatternError
 */
export function readBracket(text: string, start: number): { readonly set: ByteSet; readonly next: number } {
  const negated = text.charAt(start + 1) === '^';
  const first = start + (negated ? 2 : 1);
  const members = new Uint8Array(256);
  let at = first;
  while (at === first || text.charAt(at) !== CLOSE) {
    if (at >= text.length) throw new PatternError('Unmatched [, [^, [:, [., or [=');
    const low = readMember(text, at, members);
    at = low.next;
    if (low.byte === undefined) continue;
    let highByte = low.byte;
    const dash = text.charAt(at) === '-' && at + 1 < text.length && text.charAt(at + 1) !== CLOSE;
    if (dash) {
      const high = readMember(text, at + 1, members);
      if (high.byte === undefined || high.byte < low.byte) throw new PatternError('Invalid range end');
      highByte = high.byte;
      at = high.next;
    }
    members.fill(1, low.byte, highByte + 1);
  }
  return { set: byteSet((byte) => (members[byte] === 1) !== negated), next: at + 1 };
}
