import type { TcpHeader, TcpSegment } from '@piranha/net';
import type { Path } from './paths.js';

/** A connection that was begun on a path. */
export interface Attempt {
  readonly path: Path;
  readonly header: TcpHeader;
  readonly dataBytes: number;
}

/** TCP counts bytes up to here, and then from 0 again. */
export const SEQUENCE_NUMBERS = 2 ** 32;

/**
 * Whether a segment answers the beginning of a connection, be it by taking or by refusing it. Real servers of one VIP
 * answer from the same address: by the number that it acknowledges an answer finds its question.
 */
export function isAnswer(
  { path, header, dataBytes }: Omit<Attempt, 'path'> & { readonly path: Pick<Path, 'mac'> },
  answer: TcpSegment,
): boolean {
  const next = (header.sequence + 1) % SEQUENCE_NUMBERS;
  const behindData = (next + dataBytes) % SEQUENCE_NUMBERS;
  return (
    (path.mac === undefined || answer.sourceMac === path.mac) &&
    answer.sourceAddress === header.targetAddress &&
    answer.targetAddress === header.sourceAddress &&
    answer.sourcePort === header.targetPort &&
    answer.targetPort === header.sourcePort &&
    (answer.acknowledgement === next || answer.acknowledgement === behindData)
  );
}
