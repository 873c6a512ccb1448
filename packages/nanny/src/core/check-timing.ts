/** How punctually the check of one server began, where it is known. */
interface Punctuality {
  readonly lateMs: number | undefined;
  readonly intervalMs: number | undefined;
}

/** How punctual the checks of one server begin. Only arithmetic; times are monotonic ms. */
export class CheckTiming {
  private dueMs: number | undefined;
  private begunMs: number | undefined;
  private found: Punctuality = { lateMs: undefined, intervalMs: undefined };

  /** The next check is to begin then. */
  due(atMs: number): void {
    this.dueMs = atMs;
  }

  begin(nowMs: number): void {
    const { dueMs, begunMs } = this;
    this.found = {
      lateMs: dueMs === undefined ? undefined : rounded(Math.max(0, nowMs - dueMs)),
      intervalMs: begunMs === undefined ? undefined : rounded(nowMs - begunMs),
    };
    this.dueMs = undefined;
    this.begunMs = nowMs;
  }

  /** Of the check that began last. */
  get taken(): Punctuality {
    return this.found;
  }
}

function rounded(durationMs: number): number {
  return Math.round(durationMs * 10) / 10;
}
