import type { Timeline } from './timeline.js';

/** Datagrams that wait in a socket's buffer while its process does not run. */
const BACKLOG = 200;

/** A process that may be stopped for a while: its timers are late then, and what arrives waits. */
export class SimulatedProcess {
  alive = true;
  private frozenUntilMs = Number.NEGATIVE_INFINITY;
  private backlog: (() => void)[] = [];

  constructor(protected readonly timeline: Timeline) {}

  get isFrozen(): boolean {
    return this.timeline.nowMs < this.frozenUntilMs;
  }

  /**
   * Does something now, or when the process runs again; never when it ended before.
   * @param isSignal is kept however many packets wait
   */
  protected receive(work: () => void, isSignal = false): void {
    if (!this.alive) return;
    if (!this.isFrozen && this.backlog.length === 0) work();
    else if (isSignal || this.backlog.length < BACKLOG) this.backlog.push(work);
  }

  /** Does something at a time, later while the process is stopped; a timer comes before what waits in sockets. */
  protected timer(atMs: number, work: () => void): void {
    this.timeline.at(atMs, () => {
      if (!this.alive) return;
      if (this.isFrozen) this.timer(this.frozenUntilMs, work);
      else work();
    });
  }

  /** Does something in this moment, but after what waits in the sockets was read. */
  protected afterSockets(work: () => void): void {
    this.timer(this.timeline.nowMs, () => this.timer(this.timeline.nowMs, work));
  }

  /** Stops the process for a while. */
  freeze(durationMs: number): void {
    this.frozenUntilMs = Math.max(this.frozenUntilMs, this.timeline.nowMs + durationMs);
    const untilMs = this.frozenUntilMs;
    // After the timers that are due at the same moment.
    this.timeline.at(untilMs, () =>
      this.timeline.at(untilMs, () => this.timeline.at(untilMs, () => this.flush())),
    );
  }

  /** Stops the process again and again; it runs for a moment in between. */
  stutter(stallMs: number, runMs: number, durationMs: number): void {
    if (!this.alive || durationMs <= 0) return;
    this.freeze(Math.min(stallMs, durationMs));
    const roundMs = stallMs + runMs;
    this.timeline.after(roundMs, () => this.stutter(stallMs, runMs, durationMs - roundMs));
  }

  private flush(): void {
    if (this.isFrozen) return;
    const waiting = this.backlog;
    this.backlog = [];
    for (const work of waiting) if (this.alive) work();
  }
}
