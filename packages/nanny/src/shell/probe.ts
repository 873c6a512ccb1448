import { monotonicNowMs } from '@piranha/common';
import { eventRecord } from '@piranha/events/catalogue';
import type { Check, Trace } from '../check.js';

/** More of what goes over the wire is not told. */
const TOLD_LIMIT_BYTES = 256 * 1024;

/** Runs a check once and tells what went over the wire, one JSON object a line, the verdict last: for `lvsctl probe`. */
export async function probe(check: Check, write: (line: string) => void): Promise<void> {
  let toldBytes = 0;
  const trace: Trace = (direction, bytes) => {
    const piece = Buffer.from(bytes as Uint8Array).subarray(0, TOLD_LIMIT_BYTES - toldBytes);
    toldBytes += piece.length;
    if (piece.length > 0) write(`${JSON.stringify({ direction, base64: piece.toString('base64') })}\n`);
  };
  const startedMs = monotonicNowMs();
  const {
    ok,
    reason,
    notices = [],
    digests,
  } = await check.run({ signal: new AbortController().signal, trace });
  const durationMs = Math.round((monotonicNowMs() - startedMs) * 100) / 100;
  const told = notices.map(({ event, fields }) => eventRecord(event, fields).text);
  write(`${JSON.stringify({ ok, reason, durationMs, notices: told, digests })}\n`);
}
