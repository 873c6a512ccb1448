interface Entry {
  readonly atMs: number;
  readonly run: () => void;
}

/** Virtual time: what is to happen, in order; nothing takes time but what waits for it. */
export class Timeline {
  nowMs = 0;
  private readonly entries: Entry[] = [];

  /** @param onPass told before time goes on, with the milliseconds in which nothing changes */
  constructor(private readonly onPass: (passedMs: number) => void) {}

  /** Does something at a time, not before now; things of one moment happen in the order in which they were asked for. */
  at(atMs: number, run: () => void): void {
    const entry = { atMs: Math.max(atMs, this.nowMs), run };
    let index = this.entries.length;
    while (index > 0 && (this.entries[index - 1]?.atMs ?? 0) > entry.atMs) index -= 1;
    this.entries.splice(index, 0, entry);
  }

  after(delayMs: number, run: () => void): void {
    this.at(this.nowMs + delayMs, run);
  }

  /** Lets everything happen that is due until then, or until `isOver`. */
  runUntil(endMs: number, isOver: () => boolean = () => false): void {
    while (!isOver()) {
      const next = this.entries[0];
      if (next === undefined || next.atMs > endMs) {
        this.pass(endMs);
        return;
      }
      this.entries.shift();
      this.pass(next.atMs);
      next.run();
    }
  }

  private pass(toMs: number): void {
    if (toMs > this.nowMs) this.onPass(toMs - this.nowMs);
    this.nowMs = Math.max(this.nowMs, toMs);
  }
}
