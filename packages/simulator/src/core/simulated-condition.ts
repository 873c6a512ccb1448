import type { BeatReadiness } from '@piranha/protocol/beat';

/** How a simulated director is as a server of its clients, and what its disk keeps of that. */
export class SimulatedCondition {
  /** The groups that are to go back to their preferred director, as the file of pulse's state keeps them. */
  missed: ReadonlySet<string> = new Set();
  /** Whether it ever lost its real servers. */
  wasDark = false;
  private outages = 0;
  private darkSinceMs = 0;
  private lightSinceMs = Number.NEGATIVE_INFINITY;

  /** @param nowMs true time */
  constructor(private readonly nowMs: () => number) {}

  /** No real server is up for it. */
  get isDark(): boolean {
    return this.outages > 0;
  }

  get readiness(): BeatReadiness {
    return { tableLoaded: true, firstVerdicts: true, serversUp: this.isDark ? 0 : 1, serversTotal: 1 };
  }

  /**
   * For how long it has been fit as far as others can know, ms.
   * @param unnoticedMs they may not have noticed an outage for so long
   */
  lightForMs(unnoticedMs: number): number {
    const nowMs = this.nowMs();
    const isKnownDark = this.isDark && nowMs - this.darkSinceMs > unnoticedMs;
    return isKnownDark ? 0 : nowMs - this.lightSinceMs;
  }

  /** All its real servers are lost to it. @returns what brings them back, with how long others may fail to notice it */
  loseServers(): (unnoticedMs: number) => void {
    this.outages += 1;
    this.wasDark = true;
    if (this.outages === 1) this.darkSinceMs = this.nowMs();
    return (unnoticedMs) => {
      this.outages -= 1;
      const wasLong = this.nowMs() - this.darkSinceMs > unnoticedMs;
      if (!this.isDark && wasLong) this.lightSinceMs = this.nowMs();
    };
  }
}
