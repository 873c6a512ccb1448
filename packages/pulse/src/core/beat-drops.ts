import { LineLimit } from '@piranha/events';
import type { RefusedPacket, RejectedBeat } from '@piranha/protocol/beat';

/** Why a datagram changed nothing. */
export type BeatDrop =
  | RefusedPacket
  | RejectedBeat
  | 'malformed'
  /** Of a life that has not shown that it hears us: a partner that is deaf, or a recording. */
  | 'unproven'
  /** It was made for another path. */
  | 'other path';

/** Why one was not even looked at as a beat. */
export type OtherDrop =
  /** None of the original's words, where those are spoken. */
  | 'bad length'
  | 'unknown word'
  /** From no address of a partner. */
  | 'stranger';

/** So many belong to each start of a process or to a network that doubles, and are no news. */
const USUAL: Partial<Record<BeatDrop, number>> = { unproven: 20, retired: 20, 'too old': 5, duplicate: 5 };

/** Counts what was dropped, and says when it is worth a line. */
export class BeatDrops {
  private readonly counts = new Map<string, number>();
  private readonly limit = new LineLimit();

  /** Counts one; gives how many there were since the last line when it is time for the next. */
  count(reason: BeatDrop | OtherDrop, nowMs: number): number | undefined {
    const total = (this.counts.get(reason) ?? 0) + 1;
    this.counts.set(reason, total);
    const usual: Partial<Record<string, number>> = USUAL;
    return this.limit.count(reason, nowMs, total > (usual[reason] ?? 0));
  }

  /** All since the start, by reason. */
  totals(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts);
  }
}
