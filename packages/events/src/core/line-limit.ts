/** One line for each kind in this time, ms: a flood of packets is no flood of lines. */
const TELL_EVERY_MS = 60_000;
/** Kinds that are told apart; who makes up ever new ones gets one line for all of them. */
const MOST_KINDS = 24;

interface Kind {
  /** Since the last line. */
  untold: number;
  toldMs: number;
}

/** For lines that others can cause at will: the first of a kind at once, then one a minute at most, with the count. */
export class LineLimit {
  private readonly kinds = new Map<string, Kind>();
  private readonly rest: Kind = { untold: 0, toldMs: Number.NEGATIVE_INFINITY };

  /**
   * Counts one; gives how many there were since the last line when it is time for the next.
   * @param isNews false counts it without a line
   */
  count(kind: string, nowMs: number, isNews = true): number | undefined {
    const found = this.find(kind, nowMs);
    found.untold += 1;
    if (!isNews || nowMs - found.toldMs < TELL_EVERY_MS) return undefined;
    const { untold } = found;
    found.untold = 0;
    found.toldMs = nowMs;
    return untold;
  }

  private find(name: string, nowMs: number): Kind {
    const known = this.kinds.get(name);
    if (known !== undefined) return known;
    if (this.kinds.size >= MOST_KINDS) this.forgetQuiet(nowMs);
    if (this.kinds.size >= MOST_KINDS) return this.rest;
    const fresh = { untold: 0, toldMs: Number.NEGATIVE_INFINITY };
    this.kinds.set(name, fresh);
    return fresh;
  }

  /** Those of which nothing is left to tell. */
  private forgetQuiet(nowMs: number): void {
    for (const [name, { untold, toldMs }] of this.kinds) {
      if (untold === 0 && nowMs - toldMs >= TELL_EVERY_MS) this.kinds.delete(name);
    }
  }
}
