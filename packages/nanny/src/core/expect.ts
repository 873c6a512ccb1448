import { compilePattern, type Pattern, PatternSearch } from '@piranha/config/pattern';

/** What an answer must look like. */
export type Expectation =
  /** `*` alone: any one byte. */
  | { readonly type: 'any byte' }
  /** These bytes at the start of the answer. */
  | { readonly type: 'prefix'; readonly bytes: Uint8Array }
  /** A POSIX extended regular expression, searched for. */
  | { readonly type: 'pattern'; readonly pattern: Pattern };

export type CompiledExpectation =
  | { readonly ok: true; readonly expectation: Expectation }
  | { readonly ok: false; readonly error: string };

/**
 * Reads an expect string whose escapes are already translated. A plain one is a prefix, `*` alone is any one byte;
 * with `useRegex` it is a POSIX extended regular expression that may match anywhere.
 */
export function compileExpectation(text: string, useRegex: boolean): CompiledExpectation {
  const bytes = new TextEncoder().encode(text);
  if (useRegex) {
    const compiled = compilePattern(bytes);
    if (!compiled.ok) return compiled;
    return { ok: true, expectation: { type: 'pattern', pattern: compiled.pattern } };
  }
  if (text === '*') return { ok: true, expectation: { type: 'any byte' } };
  return { ok: true, expectation: { type: 'prefix', bytes } };
}

/** An answer is judged on at most this many bytes. */
const ANSWER_LIMIT_BYTES = 64 * 1024;
/** Less of it for a large pattern: parts of the pattern times bytes; takes about a quarter of a second. */
const SEARCH_LIMIT = 10_000_000;

type ExpectVerdict = 'match' | 'mismatch' | 'more';

/** Judges an answer piece by piece, in memory that does not grow with the answer. */
export class AnswerJudge {
  /** Bytes seen so far. */
  receivedBytes = 0;
  /** No more bytes than this are looked at. */
  readonly limitBytes: number;
  private readonly search: PatternSearch | undefined;
  private verdict: ExpectVerdict = 'more';
  /** There was more than is looked at. */
  private isCut = false;

  constructor(private readonly expectation: Expectation) {
    this.search = expectation.type === 'pattern' ? new PatternSearch(expectation.pattern) : undefined;
    const parts = expectation.type === 'pattern' ? expectation.pattern.program.length : 1;
    this.limitBytes = Math.min(ANSWER_LIMIT_BYTES, Math.floor(SEARCH_LIMIT / parts));
  }

  /** Takes the next bytes; `more` means undecided. A `$` matches where the bytes received so far end. */
  push(received: Uint8Array): ExpectVerdict {
    const chunk = received.subarray(0, this.limitBytes - this.receivedBytes);
    if (this.verdict === 'more' && chunk.length > 0) this.verdict = this.judge(chunk);
    this.receivedBytes += chunk.length;
    return this.verdict;
  }

  /** Takes the next bytes of a text for a regular expression, where `end` tells of the text's end. */
  take(received: Uint8Array): void {
    if (this.isCut) return;
    const room = this.limitBytes - this.receivedBytes;
    this.isCut = received.length > room;
    // A match is seen with the byte behind it.
    this.search?.take(received.subarray(0, room + 1));
    this.receivedBytes += Math.min(room, received.length);
  }

  /** True where the regular expression matches in the text, which ends here. */
  end(): boolean {
    return this.isCut ? this.search?.isFound === true : this.search?.end() === true;
  }

  /** True when an undecided answer is not worth reading on. */
  get full(): boolean {
    return this.receivedBytes >= this.limitBytes;
  }

  /** What is wrong with an answer that ended, or stopped coming, undecided. */
  shortfall(): 'too short' | 'unexpected' {
    return this.expectation.type === 'pattern' && this.receivedBytes > 0 ? 'unexpected' : 'too short';
  }

  private judge(chunk: Uint8Array): ExpectVerdict {
    if (this.search) return this.search.push(chunk) ? 'match' : 'more';
    if (this.expectation.type !== 'prefix') return 'match';
    const { bytes } = this.expectation;
    const wanted = Math.min(bytes.length - this.receivedBytes, chunk.length);
    for (let at = 0; at < wanted; at++) {
      if (chunk[at] !== bytes[this.receivedBytes + at]) return 'mismatch';
    }
    return this.receivedBytes + chunk.length >= bytes.length ? 'match' : 'more';
  }
}
