import { monotonicNowMs } from '@piranha/common';

/** One alarm: setting it anew replaces the time that was set before. */
export interface WakeUp {
  set(atMs: number, wake: () => void): void;
  clear(): void;
}

/** An alarm of its own timer, for a nanny of one real service. */
export function timerWakeUp(): WakeUp {
  let timer: NodeJS.Timeout | undefined;
  return {
    set: (atMs, wake) => {
      clearTimeout(timer);
      timer = setTimeout(wake, Math.max(0, atMs - monotonicNowMs()));
    },
    clear: () => clearTimeout(timer),
  };
}
