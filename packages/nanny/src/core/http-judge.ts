import type { PageSpec } from '@piranha/config';
import { AnswerJudge, compileExpectation } from './expect.js';
import { GrowingBytes } from './growing-bytes.js';
import { HttpAnswer, HttpAnswerError } from './http-answer.js';

/** The digest of some bytes, in hexadecimal digits: arithmetic, handed in because its module is not a core's. */
export type Digest = (algorithm: 'md5' | 'sha256', bytes: Uint8Array) => string;

/** Judges the answer to a request for a page, piece by piece. */
export class PageJudge {
  private readonly answer: HttpAnswer;
  private readonly kept = new GrowingBytes();
  private bodyBytes = 0;
  private readonly search: AnswerJudge | undefined;
  /** What passed, one line, once it is known. */
  verdict: string | undefined;

  /** @throws HttpAnswerError for a regular expression that cannot be used */
  constructor(
    private readonly spec: PageSpec,
    private readonly digest: Digest,
  ) {
    this.answer = new HttpAnswer(
      spec.method,
      (piece) => this.takeBody(piece),
      (status) => this.judgeStatus(status),
    );
    this.search = searchOf(spec.regex);
  }

  /** The body, where all of it counts and the verdict is there. */
  get body(): Uint8Array {
    return this.kept.bytes;
  }

  /** @throws HttpAnswerError as soon as the answer fails */
  push(bytes: Uint8Array, ended: boolean): void {
    this.answer.push(bytes);
    if (ended && this.verdict === undefined) this.answer.end();
    if (this.answer.done) this.judgeBody();
  }

  /** True where the body counts too. */
  private judgeStatus(status: number): boolean {
    const { statuses } = this.spec;
    if (!statuses.some(([from, to]) => status >= from && status <= to)) {
      const wanted = statuses.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(' ');
      throw new HttpAnswerError(`status ${status}, not ${wanted}`);
    }
    if (this.search !== undefined || keepsBody(this.spec)) return true;
    this.verdict = `status ${status}`;
    return false;
  }

  private takeBody(piece: Uint8Array): void {
    this.bodyBytes += piece.length;
    const { bodyLimitBytes } = this.spec;
    if (this.bodyBytes > bodyLimitBytes)
      throw new HttpAnswerError(`body of more than ${bodyLimitBytes} bytes`);
    this.search?.take(piece);
    if (keepsBody(this.spec)) this.kept.push(piece);
  }

  private judgeBody(): void {
    const { text, digest } = this.spec;
    const body = this.body;
    if (this.search && !this.search.end())
      throw new HttpAnswerError('body does not match the regular expression');
    if (text !== undefined && !holds(body, new TextEncoder().encode(text)))
      throw new HttpAnswerError('body does not hold the text');
    if (digest !== undefined) {
      const algorithm = digest.length === 32 ? 'md5' : 'sha256';
      const found = this.digest(algorithm, body);
      if (found !== digest) {
        const told = `${algorithm} of the body is`;
        throw new HttpAnswerError(`${told} ${found}`, `${told} another`);
      }
    }
    this.verdict ??= `status ${this.answer.status}, body of ${this.bodyBytes} bytes`;
  }
}

function searchOf(regex: string | undefined): AnswerJudge | undefined {
  if (regex === undefined) return undefined;
  const compiled = compileExpectation(regex, true);
  if (!compiled.ok) throw new HttpAnswerError(`regular expression unusable: ${compiled.error}`);
  return new AnswerJudge(compiled.expectation);
}

/** A regular expression looks at a body as it comes. */
function keepsBody({ text, digest, readsBody }: PageSpec): boolean {
  return text !== undefined || digest !== undefined || readsBody === true;
}

/** True where the bytes stand somewhere in the body. */
function holds(body: Uint8Array, wanted: Uint8Array): boolean {
  const first = wanted[0];
  if (first === undefined) return true;
  for (let at = body.indexOf(first); at >= 0; at = body.indexOf(first, at + 1)) {
    if (wanted.every((byte, index) => body[at + index] === byte)) return true;
  }
  return false;
}

/** The bytes of a request. */
export function pageRequest(spec: PageSpec, host: string, fileHeaders: readonly string[]): string {
  const own = [...spec.headers, ...fileHeaders];
  const names = new Set(own.map((header) => header.slice(0, header.indexOf(':')).trim().toLowerCase()));
  const usual: readonly (readonly [string, string])[] = [
    ['Host', spec.virtualHost ?? host],
    ['User-Agent', 'piranha-nanny'],
    ['Accept', '*/*'],
    ['Connection', 'close'],
    ...(spec.method === 'POST' ? [['Content-Length', '0'] as const] : []),
  ];
  const lines = usual
    .filter(([name]) => !names.has(name.toLowerCase()))
    .map(([name, value]) => `${name}: ${value}`);
  return [`${spec.method} ${spec.path} HTTP/${spec.version}`, ...lines, ...own, '', ''].join('\r\n');
}
