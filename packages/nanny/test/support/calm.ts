const TRIES = 30;
const TICK_MS = 5;
/** The servers of the zoo count in steps of 50 ms; they live in this process too. */
const HELD_UP_MS = 20;
/** A limit of time is one of the event loop's timers, which come when its turn ends. */
const SLACK_MS = 100;

/** What came of something, how long it took, and how late this process was meanwhile. */
export interface Timed<Value> {
  readonly value: Value;
  readonly elapsedMs: number;
  /** All together; less than a tick at a time is not seen. */
  readonly lateMs: number;
  /** The longest of them. */
  readonly heldUpMs: number;
}

/** Runs something and looks at the clock all the while. */
export async function timed<Value>(run: () => Promise<Value>): Promise<Timed<Value>> {
  const startMs = performance.now();
  let tickedMs = startMs;
  let lateMs = 0;
  let heldUpMs = 0;
  const tick = () => {
    const nowMs = performance.now();
    const late = Math.max(0, nowMs - tickedMs - TICK_MS);
    lateMs += late;
    heldUpMs = Math.max(heldUpMs, late);
    tickedMs = nowMs;
  };
  const ticker = setInterval(tick, TICK_MS);
  try {
    const value = await run();
    tick();
    return { value, elapsedMs: tickedMs - startMs, lateMs, heldUpMs };
  } finally {
    clearInterval(ticker);
  }
}

/**
 * Runs something whose finding depends on short times. What is not expected counts, unless this process was held up
 * meanwhile, as on a busy machine: then it is run again.
 */
export async function whenCalm<Value>(
  run: () => Promise<Value>,
  isExpected: (value: Value) => boolean,
): Promise<Value> {
  for (let attempt = 1; ; attempt++) {
    const { value, heldUpMs } = await timed(run);
    if (isExpected(value) || attempt === TRIES || heldUpMs < HELD_UP_MS) return value;
  }
}

/** Whether something ended within its limit. */
export function isInTime({ elapsedMs }: Timed<unknown>, limitMs: number): boolean {
  return elapsedMs <= limitMs + SLACK_MS;
}

/** Whether something took longer than its limit, apart from what this process was late itself. */
export function isOverdue({ elapsedMs, lateMs }: Timed<unknown>, limitMs: number): boolean {
  return elapsedMs - lateMs > limitMs + SLACK_MS;
}
