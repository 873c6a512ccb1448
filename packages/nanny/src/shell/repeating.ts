/** Begins something when it may; it is not done at all where the signal comes first. */
export type Gate = (signal: AbortSignal, act: () => Promise<void>) => Promise<void>;

/** When something that is repeated begins. */
export interface Pace {
  /** Wait before the first time, ms. */
  readonly firstDelayMs?: number;
  /** Where many must not do it at once. */
  readonly gate?: Gate;
}

/** Does something again and again, each time an interval after the end of the time before. */
export class Repeating {
  private timer: NodeJS.Timeout | undefined;
  private readonly ending = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly intervalMs: number,
    private readonly act: (signal: AbortSignal) => Promise<void>,
    private readonly pace: Pace = {},
  ) {
    const { firstDelayMs = 0 } = pace;
    if (firstDelayMs > 0) this.wait(firstDelayMs);
    else this.running = this.turn();
  }

  /** Resolves when what is under way has cleaned up. */
  async stop(): Promise<void> {
    this.ending.abort();
    clearTimeout(this.timer);
    await this.running;
  }

  private async turn(): Promise<void> {
    const { signal } = this.ending;
    const { gate } = this.pace;
    if (gate) await gate(signal, () => this.act(signal));
    else await this.act(signal);
    if (!signal.aborted) this.wait(this.intervalMs);
  }

  private wait(ms: number): void {
    this.timer = setTimeout(() => {
      this.running = this.turn();
    }, ms);
  }
}
