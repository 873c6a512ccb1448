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

/** One line for each reason in this time, ms: a flood of packets is no flood of lines. */
const TELL_EVERY_MS = 60_000;
/** So many belong to each start of a process or to a network that doubles, and are no news. */
const USUAL: Partial<Record<BeatDrop, number>> = { unproven: 20, retired: 20, 'too old': 5, duplicate: 5 };

interface Count {
  total: number;
  /** Since the last line. */
  untold: number;
  toldMs: number;
}

/** Counts what was dropped, and says when it is worth a line. */
export class BeatDrops {
  private readonly counts = new Map<BeatDrop, Count>();

  /** Counts one; gives how many there were since the last line when it is time for the next. */
  count(reason: BeatDrop, nowMs: number): number | undefined {
    const count = this.counts.get(reason) ?? { total: 0, untold: 0, toldMs: Number.NEGATIVE_INFINITY };
    this.counts.set(reason, count);
    count.total += 1;
    count.untold += 1;
    if (count.total <= (USUAL[reason] ?? 0) || nowMs - count.toldMs < TELL_EVERY_MS) return undefined;
    const { untold } = count;
    count.toldMs = nowMs;
    count.untold = 0;
    return untold;
  }

  /** All since the start, by reason. */
  totals(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.counts].map(([reason, { total }]) => [reason, total]));
  }
}
