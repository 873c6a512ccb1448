import { LineLimit } from '@piranha/events';

/** Connections at a time: an operator on either side, and two more. */
const MOST_OPEN = 4;
/** So many failed handshakes in this time, then nobody comes in until the oldest is past it. */
const MOST_FAILURES = 10;
const FAILURE_WINDOW_MS = 60_000;

type Refusal = 'not from an address of the partner' | 'too many at a time' | 'too many failed handshakes';

/** Who may try a handshake: a door that opens to the partner's addresses, for a few at a time, and not to who guesses. */
export class SyncDoor {
  private open = 0;
  private failures: readonly number[] = [];
  private readonly told = new LineLimit();

  /** Undefined lets it in; then `left` must be called once when it is gone. */
  refusal(address: string | undefined, partners: readonly string[], nowMs: number): Refusal | undefined {
    this.failures = this.failures.filter((atMs) => nowMs - atMs < FAILURE_WINDOW_MS);
    if (address === undefined || !partners.includes(address)) return 'not from an address of the partner';
    if (this.failures.length >= MOST_FAILURES) return 'too many failed handshakes';
    if (this.open >= MOST_OPEN) return 'too many at a time';
    this.open += 1;
    return undefined;
  }

  left(): void {
    this.open -= 1;
  }

  failed(nowMs: number): void {
    this.failures = [...this.failures, nowMs];
  }

  /** Counts a denial; gives how many there were since the last line when it is time for the next. */
  news(reason: string, nowMs: number): number | undefined {
    return this.told.count(reason, nowMs);
  }
}
