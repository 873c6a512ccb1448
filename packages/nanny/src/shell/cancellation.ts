import type { CancelSignal } from '../check.js';

/** An AbortController and its signal in one, for checks: a listener of an EventTarget costs five times as much as a timer. */
export class Cancellation implements CancelSignal {
  private listeners: readonly (() => void)[] = [];
  private isAborted = false;

  get aborted(): boolean {
    return this.isAborted;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.listeners = [...this.listeners, listener];
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.listeners = this.listeners.filter((other) => other !== listener);
  }

  /** Tells all who listen, once. */
  abort(): void {
    if (this.isAborted) return;
    this.isAborted = true;
    const { listeners } = this;
    this.listeners = [];
    for (const listener of listeners) listener();
  }
}
