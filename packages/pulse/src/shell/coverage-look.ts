import type { Coverage } from '../core/coverage.js';
import { type CoverageWait, stepCoverageWait } from '../core/coverage-wait.js';

/** A large table takes a second to read: not more often than this, ms. */
const READ_AGAIN_MS = 5_000;

/** Reads how many connections the partner knows while a move waits for that. */
export class CoverageLook {
  private since: CoverageWait;
  private latest: { readonly coverage: Coverage | undefined } | undefined;
  private readAtMs = Number.NEGATIVE_INFINITY;
  private reads = 0;

  constructor(
    private readonly read: () => Promise<Coverage | undefined>,
    /** A wait begins. */
    private readonly onWait: (coverage: Coverage) => void,
  ) {}

  /** Whether the move may begin; to be asked again until it may. */
  mayMove(nowMs: number): boolean {
    if (nowMs - this.readAtMs >= READ_AGAIN_MS) this.readNow(nowMs);
    if (this.latest === undefined) return false;
    const { coverage } = this.latest;
    const before = this.since;
    const { since, mayMove } = stepCoverageWait(before, coverage, nowMs);
    this.since = since;
    if (before === undefined && since !== undefined && coverage !== undefined) this.onWait(coverage);
    if (mayMove) this.forget();
    return mayMove;
  }

  /** No move is due: what was read is of the past. */
  forget(): void {
    this.reads += 1;
    this.since = undefined;
    this.latest = undefined;
    this.readAtMs = Number.NEGATIVE_INFINITY;
  }

  private readNow(nowMs: number): void {
    this.readAtMs = nowMs;
    this.reads += 1;
    const number = this.reads;
    const keep = (coverage: Coverage | undefined): void => {
      if (number === this.reads) this.latest = { coverage };
    };
    // Whoever cannot read it waits for nothing.
    this.read().then(keep, () => keep(undefined));
  }
}
