/** Slots of one ms each; what is due later stays in its slot for more than one turn. */
const SLOTS = 1_024;
const MASK = SLOTS - 1;

/** A wake-up that was put into a wheel. */
export interface WheelTimer<Value> {
  readonly dueMs: number;
  readonly value: Value;
  /** Whole ms under which it is found. */
  readonly slot: number;
}

/**
 * Wake-ups of thousands of probes: putting one in and taking it out cost the same however many there are. It knows no
 * clock: who turns it says what time it is, in monotonic ms that never go back.
 */
export class TimerWheel<Value> {
  private readonly slots: readonly Set<WheelTimer<Value>>[] = Array.from({ length: SLOTS }, () => new Set());
  /** Everything due before this whole ms was given out. */
  private cursor: number;
  private count = 0;

  constructor(nowMs: number) {
    this.cursor = Math.floor(nowMs);
  }

  get size(): number {
    return this.count;
  }

  /** What is due already comes with the next turn. */
  add(dueMs: number, value: Value): WheelTimer<Value> {
    const timer = { dueMs, value, slot: Math.max(Math.floor(dueMs), this.cursor) };
    this.slotAt(timer.slot).add(timer);
    this.count += 1;
    return timer;
  }

  /** Forgets a wake-up; one that was given out already is no error. */
  remove(timer: WheelTimer<Value>): void {
    if (this.slotAt(timer.slot).delete(timer)) this.count -= 1;
  }

  /** Everything that is due, the earliest first; it is in the wheel no more. */
  advance(nowMs: number): readonly WheelTimer<Value>[] {
    const last = Math.floor(nowMs);
    const due: WheelTimer<Value>[] = [];
    // One turn visits every slot, however long nobody turned.
    for (let at = Math.max(this.cursor, last - MASK); at <= last; at++) this.collect(at, nowMs, due);
    this.cursor = Math.max(this.cursor, last);
    this.count -= due.length;
    return due.sort((one, other) => one.dueMs - other.dueMs);
  }

  /** When to turn it next: never later than the earliest wake-up, at most a turn too early. Undefined: it is empty. */
  nextTurnMs(): number | undefined {
    if (this.count === 0) return undefined;
    for (let at = this.cursor; at < this.cursor + SLOTS; at++) {
      let dueMs = Number.POSITIVE_INFINITY;
      for (const timer of this.slotAt(at)) if (timer.slot === at) dueMs = Math.min(dueMs, timer.dueMs);
      if (dueMs !== Number.POSITIVE_INFINITY) return dueMs;
    }
    return this.cursor + SLOTS;
  }

  private collect(slot: number, nowMs: number, due: WheelTimer<Value>[]): void {
    const timers = this.slotAt(slot);
    for (const timer of timers) {
      if (timer.dueMs > nowMs) continue;
      timers.delete(timer);
      due.push(timer);
    }
  }

  private slotAt(slot: number): Set<WheelTimer<Value>> {
    return this.slots[slot & MASK] as Set<WheelTimer<Value>>;
  }
}
