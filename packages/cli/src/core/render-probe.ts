import { hexRows, isReadable } from './hex-lines.js';
import { terminalText } from './terminal-text.js';

/** One thing that a nanny told of its probe. */
export interface ProbePiece {
  readonly direction: 'sent' | 'received' | 'note';
  readonly bytes: Uint8Array;
}

/** What came of a probe. */
export interface ProbeOutcome {
  readonly ok: boolean;
  readonly reason: string;
  readonly durationMs: number;
  /** Of a certificate that ends soon, for instance. */
  readonly notices: readonly string[];
  /** Of the page, where they were asked for. */
  readonly digests?: PageDigests;
}

/** In hexadecimal digits. */
interface PageDigests {
  readonly md5: string;
  readonly sha256: string;
}

/** The digests of a page that was found; undefined where they are not whole. */
export function wholeDigests({ ok, digests }: ProbeOutcome): PageDigests | undefined {
  if (!ok || digests === undefined) return undefined;
  const isWhole = /^[0-9a-f]{32}$/.test(digests.md5) && /^[0-9a-f]{64}$/.test(digests.sha256);
  return isWhole ? digests : undefined;
}

const SHOWN_LIMIT_BYTES = 4_000;
const SIGNS = { sent: '>', received: '<', note: '*' } as const;

/** What went over the wire, a line each: `>` sent, `<` received, `*` seen besides; in hexadecimal what is no text. */
export function pieceLines({ direction, bytes }: ProbePiece): string[] {
  const shown = bytes.subarray(0, SHOWN_LIMIT_BYTES);
  const lines = isReadable(shown) ? textLines(shown) : hexRows(shown);
  const more = bytes.length - SHOWN_LIMIT_BYTES;
  if (more > 0) lines.push(`(${more} bytes more)`);
  return lines.map((line) => `${SIGNS[direction]} ${terminalText(line)}`.trimEnd());
}

function textLines(bytes: Uint8Array): string[] {
  const text = new TextDecoder().decode(bytes);
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}

/** The same for programs: the bytes themselves in `hex`, beside what they are as text. */
export function pieceJson({ direction, bytes }: ProbePiece): Readonly<Record<string, string>> {
  const { buffer, byteOffset, byteLength } = bytes;
  const whole = Buffer.from(buffer, byteOffset, byteLength);
  return { direction, text: whole.toString(), hex: whole.toString('hex') };
}

/** The verdict, and what is to be warned of. */
export function outcomeLines({ ok, reason, durationMs, notices }: ProbeOutcome): string[] {
  const warnings = notices.map((notice) => `* ${terminalText(notice)}`);
  return [...warnings, `${ok ? 'up' : 'down'}: ${terminalText(reason)} (${durationMs} ms)`];
}
