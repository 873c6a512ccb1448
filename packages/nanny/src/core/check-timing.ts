/** How punctual the checks of one server begin. Only arithmetic; times are monotonic ms. */
export class CheckTiming {
  private dueMs: number | undefined;
  private begunMs: number | undefined;
  private found: { readonly lateMs?: number; readonly intervalMs?: number } = {};

  /** The next check is to begin then. */
  due(atMs: number): void {
    this.dueMs = atMs;
  }

  begin(nowMs: number): void {
    this.found = {
      ...(this.dueMs === undefined ? {} : { lateMs: rounded(Math.max(0, nowMs - this.dueMs)) }),
      ...(this.begunMs === undefined ? {} : { intervalMs: rounded(nowMs - this.begunMs) }),
    };
    this.dueMs = undefined;
    this.begunMs = nowMs;
  }

  /** Of the check that began last. */
  get taken(): { readonly lateMs?: number; readonly intervalMs?: number } {
    return this.found;
  }
}

function rounded(durationMs: number): number {
  return Math.round(durationMs * 10) / 10;
}
