/** An answer of HTTP/1, read piece by piece in memory that does not grow with it. */

/** What is wrong with an answer, one line. */
export class HttpAnswerError extends Error {
  /** @param topic the message without what differs each time */
  constructor(
    message: string,
    readonly topic?: string,
  ) {
    super(message);
  }
}

const HEAD_LIMIT_BYTES = 16 * 1024;
const LINE_LIMIT_BYTES = 1024;
/** Words before the answer, such as 100 Continue; a server that goes on with them never answers. */
const EARLY_LIMIT = 16;

type Part = 'head' | 'counted' | 'chunk size' | 'chunk' | 'chunk end' | 'trailer' | 'rest' | 'done';

/**
 * Reads the head and cuts the body out. The status goes to `onHead` before any of the body, which is not looked at
 * where that gives false; else each piece of it goes to `onBody`.
 */
export class HttpAnswer {
  /** Undefined until the head is whole. */
  status: number | undefined;
  private part: Part = 'head';
  /** Bytes of a head or line that is not whole yet. */
  private line = '';
  private remaining = 0;
  private early = 0;

  constructor(
    private readonly method: string,
    private readonly onBody: (piece: Uint8Array) => void,
    private readonly onHead: (status: number) => boolean = () => true,
  ) {}

  /** True once nothing of the answer is missing. */
  get done(): boolean {
    return this.part === 'done';
  }

  /** @throws HttpAnswerError for what is no answer of HTTP */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && this.part !== 'done') at = this.take(bytes, at);
  }

  /**
   * The server sends no more.
   * @throws HttpAnswerError where something is missing
   */
  end(): void {
    if (this.part === 'rest') this.part = 'done';
    if (this.part === 'done') return;
    if (this.part !== 'head') throw new HttpAnswerError('closed in mid-body');
    throw new HttpAnswerError(this.line === '' ? 'closed without an answer' : 'closed in mid-head');
  }

  /** Takes some bytes from `at` on; gives where the next begin. */
  private take(bytes: Uint8Array, at: number): number {
    switch (this.part) {
      case 'counted':
      case 'chunk':
        return this.takeCounted(bytes, at);
      case 'rest':
        this.onBody(bytes.subarray(at));
        return bytes.length;
      default:
        return this.takeLine(bytes, at);
    }
  }

  private takeCounted(bytes: Uint8Array, at: number): number {
    const end = Math.min(bytes.length, at + this.remaining);
    this.onBody(bytes.subarray(at, end));
    this.remaining -= end - at;
    if (this.remaining === 0) this.part = this.part === 'chunk' ? 'chunk end' : 'done';
    return end;
  }

  private takeLine(bytes: Uint8Array, at: number): number {
    const newline = bytes.indexOf(10, at);
    const end = newline < 0 ? bytes.length : newline + 1;
    const limit = this.part === 'head' ? HEAD_LIMIT_BYTES : LINE_LIMIT_BYTES;
    const room = limit - this.line.length;
    for (const byte of bytes.subarray(at, Math.min(end, at + room))) this.line += String.fromCharCode(byte);
    // What cannot become an answer is known by its first bytes, and not waited for.
    if (this.part === 'head' && !'HTTP/'.startsWith(this.line.slice(0, 5))) throw noHttp(this.line);
    if (end - at > room) throw new HttpAnswerError(this.tooLong(limit));
    if (newline >= 0) this.endLine();
    return end;
  }

  private tooLong(limit: number): string {
    return this.part === 'head'
      ? `head of more than ${limit} bytes`
      : `chunk line of more than ${limit} bytes`;
  }

  private endLine(): void {
    if (this.part === 'head') {
      if (this.line.endsWith('\n\r\n') || this.line.endsWith('\n\n')) this.readHead();
      return;
    }
    const line = this.line.replace(/\r?\n$/, '');
    this.line = '';
    if (this.part === 'chunk size') this.readChunkSize(line);
    else if (this.part === 'chunk end') this.part = 'chunk size';
    else if (line === '') this.part = 'done';
  }

  private readChunkSize(line: string): void {
    const digits = /^([0-9a-fA-F]{1,8})[ \t]*(;.*)?$/.exec(line)?.[1];
    if (digits === undefined) throw new HttpAnswerError('bad chunk in the body');
    this.remaining = Number.parseInt(digits, 16);
    this.part = this.remaining === 0 ? 'trailer' : 'chunk';
  }

  private readHead(): void {
    const [first = '', ...lines] = this.line.split(/\r?\n/);
    const status = Number(/^HTTP\/[0-9]+\.[0-9]+ ([1-9][0-9]{2})( |$)/.exec(first)?.[1]);
    if (Number.isNaN(status)) throw noHttp(first);
    this.line = '';
    // A word before the answer, such as 100 Continue.
    if (status < 200 && status !== 101) {
      this.early += 1;
      if (this.early > EARLY_LIMIT) throw new HttpAnswerError(`more than ${EARLY_LIMIT} answers of 1xx`);
      return;
    }
    this.status = status;
    const part = this.bodyPart(status, headersOf(lines));
    this.part = this.onHead(status) ? part : 'done';
  }

  private bodyPart(status: number, headers: ReadonlyMap<string, string>): Part {
    if (this.method === 'HEAD' || status === 101 || status === 204 || status === 304) return 'done';
    if (/(^|,)\s*chunked\s*$/i.test(headers.get('transfer-encoding') ?? '')) return 'chunk size';
    const length = headers.get('content-length');
    if (length === undefined) return 'rest';
    if (!/^[0-9]{1,15}$/.test(length)) throw new HttpAnswerError('bad Content-Length');
    this.remaining = Number(length);
    return this.remaining === 0 ? 'done' : 'counted';
  }
}

function headersOf(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

function noHttp(text: string): HttpAnswerError {
  const shown = text.slice(0, 30).replace(/[^\x20-\x7e]/g, '.');
  return new HttpAnswerError(`no HTTP answer: it begins with '${shown}'`);
}
