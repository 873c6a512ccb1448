/** What of a finished check may be news. */
interface Told {
  readonly ok: boolean;
  readonly up: boolean;
  readonly reason: string;
}

/** Words that alone have changed, as a duration in them may each time, are told this often, ms. */
const REASON_EVERY_MS = 10_000;

/** Lets through what is news of one real service: ten thousand that are well have nothing to say each second. */
export class ReportFilter {
  private last: Told | undefined;
  private toldAtMs = 0;

  isNews({ ok, up, reason }: Told, nowMs: number): boolean {
    const { last } = this;
    const sameVerdict = last !== undefined && last.ok === ok && last.up === up;
    if (sameVerdict && (last.reason === reason || nowMs - this.toldAtMs < REASON_EVERY_MS)) return false;
    this.last = { ok, up, reason };
    this.toldAtMs = nowMs;
    return true;
  }
}
