import { monotonicNowMs } from './clock.js';

/**
 * A value that is costly to read, for many readers: a reading that is under way is shared, and what it gave counts for a
 * while. So however often it is asked for, one reading follows the other.
 */
export class FreshValue<Value> {
  private pending: Promise<Value> | undefined;
  private latest: { readonly value: Value; readonly atMs: number } | undefined;

  /**
   * @param freshMs how long a value counts after it was read
   * @param now monotonic, ms
   */
  constructor(
    private readonly freshMs: number,
    private readonly now = monotonicNowMs,
  ) {}

  /** The value, read by `read` where there is none that is fresh. A reading that fails counts for nobody after it. */
  get(read: () => Promise<Value>): Promise<Value> {
    if (this.latest !== undefined && this.now() - this.latest.atMs < this.freshMs) {
      return Promise.resolve(this.latest.value);
    }
    this.pending ??= read()
      .then((value) => {
        this.latest = { value, atMs: this.now() };
        return value;
      })
      .finally(() => {
        this.pending = undefined;
      });
    return this.pending;
  }
}
