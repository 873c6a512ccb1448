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
