/** Bytes that come in pieces of any size, in one buffer: a server that sends them one by one costs no more for it. */
export class GrowingBytes {
  private buffer = new Uint8Array(0);
  private length = 0;

  /** What came so far. */
  get bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  push(piece: Uint8Array): void {
    const length = this.length + piece.length;
    if (length > this.buffer.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.buffer.length));
      grown.set(this.bytes);
      this.buffer = grown;
    }
    this.buffer.set(piece, this.length);
    this.length = length;
  }
}
