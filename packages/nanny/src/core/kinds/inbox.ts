/** Bytes that arrived and were not used yet. What it costs grows with the bytes, not with the pieces. */
export class Inbox {
  private store = Buffer.alloc(256);
  private start = 0;
  private end = 0;
  /** No newline before this place. */
  private searched = 0;

  push(bytes: Uint8Array): void {
    if (this.end + bytes.length > this.store.length) this.makeRoom(bytes.length);
    this.store.set(bytes, this.end);
    this.end += bytes.length;
  }

  get length(): number {
    return this.end - this.start;
  }

  /** Looks at the next bytes without taking them; undefined while there are fewer. */
  peek(count: number): Buffer | undefined {
    return this.length < count ? undefined : this.store.subarray(this.start, this.start + count);
  }

  /** Takes the next bytes; undefined while there are fewer. They are a copy. */
  take(count: number): Buffer | undefined {
    const bytes = this.peek(count);
    if (bytes === undefined) return undefined;
    this.start += count;
    this.searched = Math.max(this.searched, this.start);
    return Buffer.from(bytes);
  }

  /** Takes a line without its end (CR LF or LF), one character for each byte; undefined while none is complete. */
  takeLine(): string | undefined {
    const at = this.store.subarray(0, this.end).indexOf(10, this.searched);
    if (at < 0) {
      this.searched = this.end;
      return undefined;
    }
    const line = this.store.toString('latin1', this.start, at);
    this.start = at + 1;
    this.searched = this.start;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  private makeRoom(bytes: number): void {
    const larger = Buffer.alloc(Math.max(2 * this.store.length, this.length + bytes));
    this.store.copy(larger, 0, this.start, this.end);
    this.searched -= this.start;
    this.end -= this.start;
    this.start = 0;
    this.store = larger;
  }
}
