/** Slots of one ms each; what is due later stays in its slot for more than one turn. */
const SLOTS = 1_024;
const MASK = SLOTS - 1;

/** A wake-up that can be put into a wheel, again and again: setting it allocates nothing. */
export class WheelTimer<Value> {
  /** When it is due, or was last. */
  dueMs = 0;
  /** Whole ms under which it is found; undefined while it is in no wheel. */
  slot: number | undefined;
  /** Its neighbours in the slot. */
  before: WheelTimer<Value> | undefined;
  after: WheelTimer<Value> | undefined;

  constructor(readonly value: Value) {}
}

/**
 * Wake-ups of thousands of probes: putting one in and taking it out cost the same however many there are. It knows no
 * clock: who turns it says what time it is, in monotonic ms that never go back.
 */
export class TimerWheel<Value> {
  /** The first of each slot. */
  private readonly slots: (WheelTimer<Value> | undefined)[] = Array.from({ length: SLOTS }, () => undefined);
  /** Everything due before this whole ms was given out. */
  private cursor: number;
  private count = 0;

  constructor(nowMs: number) {
    this.cursor = Math.floor(nowMs);
  }

  get size(): number {
    return this.count;
  }

  /** Puts a wake-up in, or elsewhere if it is in already. What is due already comes with the next turn. */
  set(timer: WheelTimer<Value>, dueMs: number): void {
    this.remove(timer);
    const slot = Math.max(Math.floor(dueMs), this.cursor);
    const first = this.slots[slot & MASK];
    timer.dueMs = dueMs;
    timer.slot = slot;
    timer.after = first;
    if (first) first.before = timer;
    this.slots[slot & MASK] = timer;
    this.count += 1;
  }

  /** Forgets a wake-up; one that was given out already is no error. */
  remove(timer: WheelTimer<Value>): void {
    const { slot, before, after } = timer;
    if (slot === undefined) return;
    if (before) before.after = after;
    else this.slots[slot & MASK] = after;
    if (after) after.before = before;
    timer.slot = undefined;
    timer.before = undefined;
    timer.after = undefined;
    this.count -= 1;
  }

  /** Everything that is due, the earliest first; it is in the wheel no more. */
  advance(nowMs: number): readonly WheelTimer<Value>[] {
    const last = Math.floor(nowMs);
    const due: WheelTimer<Value>[] = [];
    // One turn visits every slot, however long nobody turned.
    for (let at = Math.max(this.cursor, last - MASK); at <= last; at++) this.collect(at, nowMs, due);
    this.cursor = Math.max(this.cursor, last);
    return due.sort((one, other) => one.dueMs - other.dueMs);
  }

  /** When to turn it next: never later than the earliest wake-up, at most a turn too early. Undefined: it is empty. */
  nextTurnMs(): number | undefined {
    if (this.count === 0) return undefined;
    for (let at = this.cursor; at < this.cursor + SLOTS; at++) {
      let dueMs = Number.POSITIVE_INFINITY;
      for (let timer = this.slots[at & MASK]; timer; timer = timer.after)
        if (timer.slot === at) dueMs = Math.min(dueMs, timer.dueMs);
      if (dueMs !== Number.POSITIVE_INFINITY) return dueMs;
    }
    return this.cursor + SLOTS;
  }

  private collect(slot: number, nowMs: number, due: WheelTimer<Value>[]): void {
    let timer = this.slots[slot & MASK];
    while (timer) {
      const { after } = timer;
      if (timer.dueMs <= nowMs) {
        this.remove(timer);
        due.push(timer);
      }
      timer = after;
    }
  }
}
