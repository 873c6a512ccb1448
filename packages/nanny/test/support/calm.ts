import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const TRIES = 30;
const RESOLUTION_MS = 5;
/** The servers of the zoo count in steps of 50 ms; they live in this process too. */
const HELD_UP_MS = 20;

/**
 * Runs something whose finding depends on short times. What is not expected counts, unless this process was held up
 * meanwhile, as on a busy machine: then it is run again.
 */
export async function whenCalm<Value>(
  run: () => Promise<Value>,
  isExpected: (value: Value) => boolean,
): Promise<Value> {
  for (let attempt = 1; ; attempt++) {
    const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    delay.enable();
    try {
      const value = await run();
      if (isExpected(value) || attempt === TRIES) return value;
      // A delay is known when it is over.
      await sleep(2 * RESOLUTION_MS);
      if (delay.max / 1e6 < HELD_UP_MS) return value;
    } finally {
      delay.disable();
    }
  }
}

/** What came of something, how long it took, and how late this process was meanwhile. */
export interface Timed<Value> {
  readonly value: Value;
  readonly elapsedMs: number;
  /** Together; less than a tick at a time is not seen. */
  readonly lateMs: number;
}

const TICK_MS = 5;
/** A limit of time is one of the event loop's timers, which come when its turn ends. */
const SLACK_MS = 100;

/** Runs something and looks at the clock all the while. */
export async function timed<Value>(run: () => Promise<Value>): Promise<Timed<Value>> {
  const startMs = performance.now();
  let tickedMs = startMs;
  let lateMs = 0;
  const tick = () => {
    const nowMs = performance.now();
    lateMs += Math.max(0, nowMs - tickedMs - TICK_MS);
    tickedMs = nowMs;
  };
  const ticker = setInterval(tick, TICK_MS);
  try {
    const value = await run();
    tick();
    return { value, elapsedMs: tickedMs - startMs, lateMs };
  } finally {
    clearInterval(ticker);
  }
}

/** Whether something took longer than its limit, apart from what this process was late itself. */
export function isOverdue({ elapsedMs, lateMs }: Timed<unknown>, limitMs: number): boolean {
  return elapsedMs - lateMs > limitMs + SLACK_MS;
}
