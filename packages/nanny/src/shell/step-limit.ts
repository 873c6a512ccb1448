/** How a limited step ended when it did not end by itself. */
export type StepInterruption = 'timed out' | 'cancelled';

/** How long a step may take, and until when anybody wants to know. */
export interface StepLimits {
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/**
 * Waits for a step of a check, at most `limitMs`, and not after the signal's abort. The step begins when `begin` is
 * called; it gives its value through `settle`. Timer and listener are gone when the promise settles. A process that was
 * held up reads what came meanwhile before it says that the time is over: its own lateness is nobody's fault.
 */
export function limitStep<Value>(
  limitMs: number,
  signal: AbortSignal,
  begin: (settle: (value: Value) => void) => void,
): Promise<Value | StepInterruption> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve('cancelled');
    const end = (value: Value | StepInterruption) => {
      clearTimeout(timer);
      clearImmediate(lastLook);
      signal.removeEventListener('abort', onAbort);
      resolve(value);
    };
    const onAbort = () => end('cancelled');
    let lastLook: NodeJS.Immediate | undefined;
    // Timers go before sockets in a turn of the event loop, immediates behind them.
    const timer = setTimeout(() => {
      lastLook = setImmediate(() => end('timed out'));
    }, limitMs);
    signal.addEventListener('abort', onAbort);
    begin(end);
  });
}
