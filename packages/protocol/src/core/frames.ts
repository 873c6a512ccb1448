import { UserError } from '@piranha/common';

/** Version of the control protocol; a frame of another version is refused. */
export const CONTROL_VERSION = 1;

/** Longest frame that is read, bytes without its newline. A table of 10,000 servers fits. */
export const FRAME_LIMIT_BYTES = 8 * 1024 * 1024;

/** A JSON object on one line. Requests carry `id` and `method`, answers `id` and `result` or `error`, events `event`. */
export interface Frame {
  readonly v: number;
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
  readonly event?: string;
  readonly data?: unknown;
}

/** One line of JSON with its newline. */
export function encodeFrame(frame: Omit<Frame, 'v'>): string {
  return `${JSON.stringify({ v: CONTROL_VERSION, ...frame })}\n`;
}

function protocolError(message: string): UserError {
  return new UserError(message, {
    code: 'CONTROL_BAD_FRAME',
    hint: 'both sides must be of one suite version',
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Checks the envelope of one line. The contents of params, result and data are the receiver's to validate.
 * @throws UserError `CONTROL_BAD_FRAME`
 */
export function decodeFrame(line: string): Frame {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw protocolError('control frame is not JSON');
  }
  if (!isRecord(value)) throw protocolError('control frame is not an object');
  if (value.v !== CONTROL_VERSION) throw protocolError(`control frame of version ${String(value.v)}, not 1`);
  if (value.id !== undefined && !Number.isSafeInteger(value.id))
    throw protocolError('control frame with a bad id');
  for (const name of ['method', 'event'] as const) {
    if (value[name] !== undefined && typeof value[name] !== 'string') {
      throw protocolError(`control frame with a bad ${name}`);
    }
  }
  if (value.error !== undefined && !(isRecord(value.error) && typeof value.error.message === 'string')) {
    throw protocolError('control frame with a bad error');
  }
  return value as unknown as Frame;
}

/** Cuts a byte stream into lines; holds at most `limitBytes` of an unfinished one. */
export class LineSplitter {
  private parts: Buffer[] = [];
  private heldBytes = 0;

  constructor(private readonly limitBytes: number = FRAME_LIMIT_BYTES) {}

  /**
   * Takes a chunk and gives the lines that it completes, without their newlines.
   * @throws UserError `CONTROL_BAD_FRAME` when a line passes the limit; the stream must then be dropped
   */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      this.hold(chunk.subarray(start, end));
      lines.push(Buffer.concat(this.parts).toString('utf8'));
      this.parts = [];
      this.heldBytes = 0;
      start = end + 1;
    }
    if (start < chunk.length) this.hold(chunk.subarray(start));
    return lines;
  }

  private hold(part: Buffer): void {
    this.heldBytes += part.length;
    if (this.heldBytes > this.limitBytes) throw protocolError(`control frame over ${this.limitBytes} bytes`);
    this.parts.push(part);
  }
}
