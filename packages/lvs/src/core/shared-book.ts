/** A batch has at most so many real services, and about so many characters. */
const BATCH_SIZE = 200;
const BATCH_CHARACTERS = 500_000;
const REVOKE_SIZE = 5_000;

/** A real service and the number under which a shared nanny has it. */
interface BookEntry {
  readonly id: string;
  readonly number: number;
}

export type BookOrder =
  | { readonly type: 'assign'; readonly batch: number; readonly entries: readonly BookEntry[] }
  | { readonly type: 'revoke'; readonly numbers: readonly number[] };

/**
 * What one shared nanny is to watch, and what it has been told so far. One batch at a time is unanswered, so that ten
 * thousand real services do not fill its socket. Each assignment has a number of its own: what a nanny says under an
 * old one, while an order is on its way, is not taken for the new one's. Only arithmetic: who holds it sends the orders.
 */
export class SharedBook {
  private readonly wanted = new Set<string>();
  private readonly waiting = new Set<string>();
  private readonly numbers = new Map<string, number>();
  private readonly ids = new Map<number, string>();
  private revoked: number[] = [];
  private unanswered: Extract<BookOrder, { type: 'assign' }> | undefined;
  private isConnected = false;
  private lastBatch = 0;

  /** @param nextNumber never the same twice */
  constructor(private readonly nextNumber: () => number) {}

  get size(): number {
    return this.wanted.size;
  }

  /** Everything that it is to watch. */
  get all(): Iterable<string> {
    return this.wanted;
  }

  add(id: string): void {
    this.wanted.add(id);
    this.waiting.add(id);
  }

  /** With other words: under a new number, and the old one is taken back only after that. */
  renew(id: string): void {
    if (!this.wanted.has(id)) return;
    this.forgetNumber(id);
    this.waiting.add(id);
  }

  remove(id: string): void {
    this.wanted.delete(id);
    this.waiting.delete(id);
    this.forgetNumber(id);
  }

  /** A new process: it knows nothing. */
  connected(): void {
    this.disconnected();
    this.isConnected = true;
    for (const id of this.wanted) this.waiting.add(id);
  }

  disconnected(): void {
    this.isConnected = false;
    this.numbers.clear();
    this.ids.clear();
    this.revoked = [];
    this.unanswered = undefined;
  }

  /**
   * The next order to send; undefined while an answer is awaited or nothing is left.
   * @param lengthOf characters that an assignment takes, about
   */
  next(lengthOf: (id: string) => number): BookOrder | undefined {
    if (!this.isConnected || this.unanswered) return undefined;
    if (this.waiting.size > 0) return this.nextBatch(lengthOf);
    if (this.revoked.length === 0) return undefined;
    const numbers = this.revoked.slice(0, REVOKE_SIZE);
    this.revoked = this.revoked.slice(REVOKE_SIZE);
    return { type: 'revoke', numbers };
  }

  /** The entries of an answered batch that still hold; undefined for an answer that nobody awaits. */
  answered(batch: number): readonly BookEntry[] | undefined {
    if (this.unanswered?.batch !== batch) return undefined;
    const { entries } = this.unanswered;
    this.unanswered = undefined;
    return entries.filter(({ id, number }) => this.ids.get(number) === id);
  }

  /** The real service of a number that holds. */
  idOf(number: number): string | undefined {
    return this.ids.get(number);
  }

  private nextBatch(lengthOf: (id: string) => number): BookOrder {
    const entries: BookEntry[] = [];
    let characters = 0;
    for (const id of this.waiting) {
      characters += lengthOf(id);
      if (entries.length >= BATCH_SIZE || (entries.length > 0 && characters > BATCH_CHARACTERS)) break;
      const number = this.nextNumber();
      this.waiting.delete(id);
      this.numbers.set(id, number);
      this.ids.set(number, id);
      entries.push({ id, number });
    }
    this.lastBatch += 1;
    this.unanswered = { type: 'assign', batch: this.lastBatch, entries };
    return this.unanswered;
  }

  private forgetNumber(id: string): void {
    const number = this.numbers.get(id);
    if (number === undefined) return;
    this.numbers.delete(id);
    this.ids.delete(number);
    this.revoked.push(number);
  }
}
