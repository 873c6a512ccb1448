import type { Beat } from './beat.js';
import { decodeBeat, encodeBeat, type LeftOut } from './beat-codec.js';
import { type BeatSessions, type SessionVerdict, stepBeatSession } from './beat-session.js';
import {
  type BeatSealer,
  type EnvelopeHeader,
  openPacket,
  type RefusedPacket,
  sealPacket,
} from './envelope.js';

export type SealedBeat =
  | { readonly type: 'packet'; readonly packet: Buffer; readonly leftOut: readonly LeftOut[] }
  | { readonly type: 'refused'; readonly reason: string };

/**
 * The datagram of a beat; each number of `header.sequence` may be used for one only.
 * @throws RangeError for a sequence out of range, Error for a key that the sealer does not know
 */
export function sealBeat(sealer: BeatSealer, header: EnvelopeHeader, beat: Beat): SealedBeat {
  const encoded = encodeBeat(beat);
  if (encoded.type === 'refused') return encoded;
  return { type: 'packet', packet: sealPacket(sealer, header, encoded.bytes), leftOut: encoded.leftOut };
}

export type ReceivedVerdict =
  | { readonly type: 'refused'; readonly reason: RefusedPacket }
  | { readonly type: 'malformed'; readonly reason: string }
  | SessionVerdict;

export interface Received {
  readonly state: BeatSessions;
  readonly verdict: ReceivedVerdict;
  /** What the datagram said, of whichever life; undefined when it was refused or malformed. */
  readonly beat: Beat | undefined;
}

/**
 * From a datagram to whether it counts: envelope, codec, session. Never throws.
 * @param ownSequence the number of the newest beat that this life has sent, 0 for none; over all paths
 * @param nowMs monotonic
 */
export function receiveBeat(
  state: BeatSessions,
  sealer: BeatSealer,
  datagram: Buffer,
  ownSequence: number,
  nowMs: number,
): Received {
  const opened = openPacket(sealer, datagram);
  if (opened.type === 'refused') return { state, verdict: opened, beat: undefined };
  const decoded = decodeBeat(opened.body);
  if (decoded.type === 'malformed') return { state, verdict: decoded, beat: undefined };
  const { boot, sequence } = opened.header;
  const { beat } = decoded;
  return { ...stepBeatSession(state, { boot, sequence, beat }, ownSequence, nowMs), beat };
}
