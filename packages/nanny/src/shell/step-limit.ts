import type { CancelSignal } from '../check.js';

/** How a limited step ended when it did not end by itself. */
export type StepInterruption = 'timed out' | 'cancelled';

/** How long a step may take, and until when anybody wants to know. */
export interface StepLimits {
  readonly limitMs: number;
  readonly signal: CancelSignal;
}

/** Waits for a step of a check as `beginStep` begins it. Timer and listener are gone when the promise settles. */
export function limitStep<Value>(
  limitMs: number,
  signal: CancelSignal,
  begin: (settle: (value: Value) => void) => void,
): Promise<Value | StepInterruption> {
  return new Promise((resolve) => beginStep({ limitMs, signal }, begin, resolve));
}

/**
 * Takes a step of a check, at most `limitMs`, and not after the signal's abort. The step begins when `begin` is called;
 * it gives its value through `settle`. `done` is called once, when timer and listener are gone. A process that was held
 * up reads what came meanwhile before it says that the time is over: its own lateness is nobody's fault.
 */
export function beginStep<Value>(
  { limitMs, signal }: StepLimits,
  begin: (settle: (value: Value) => void) => void,
  done: (value: Value | StepInterruption) => void,
): void {
  if (signal.aborted) {
    done('cancelled');
    return;
  }
  let ended = false;
  const end = (value: Value | StepInterruption) => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    clearImmediate(lastLook);
    signal.removeEventListener('abort', onAbort);
    done(value);
  };
  const onAbort = () => end('cancelled');
  let lastLook: NodeJS.Immediate | undefined;
  // Timers go before sockets in a turn of the event loop, immediates behind them.
  const timer = setTimeout(() => {
    lastLook = setImmediate(() => end('timed out'));
  }, limitMs);
  signal.addEventListener('abort', onAbort);
  begin(end);
}
