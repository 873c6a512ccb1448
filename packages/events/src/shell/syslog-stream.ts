import { Writable } from 'node:stream';
import { UnixDatagram } from '@piranha/net';

const EAGAIN = 11;
/** How many lines wait while the listener is full or away; the oldest go first. */
const RING_LINES = 500;
const RETRY_FULL_MS = 10;
const RETRY_AWAY_MS = 1_000;
/** How often a full listener is asked at the end: half a second, less than a log's close may take. */
const LAST_RETRIES = 50;
/** Longer datagrams are cut: listeners drop what passes their own limit. */
const LINE_LIMIT_BYTES = 2_048;

/**
 * Lines to /dev/log. Never blocks and never fails: what cannot be sent waits in a ring, and what the ring had to drop
 * is counted in a line of its own as soon as the listener is back.
 */
export class SyslogStream extends Writable {
  private readonly socket: UnixDatagram;
  private ring: Buffer[] = [];
  private dropped = 0;
  private timer: NodeJS.Timeout | undefined;
  private away = false;

  constructor(
    path: string,
    /** Called once when the listener cannot be reached, with the first line that waits. */
    private readonly onAway: (line: string) => void,
  ) {
    super({ decodeStrings: false });
    this.socket = new UnixDatagram(path);
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.ring.push(Buffer.from(chunk.trimEnd()).subarray(0, LINE_LIMIT_BYTES));
    if (this.ring.length > RING_LINES) {
      this.ring.shift();
      this.dropped += 1;
    }
    if (this.timer === undefined) this.flush();
    done();
  }

  override _final(done: () => void): void {
    this.drain(LAST_RETRIES, done);
  }

  /** Sends what waits, giving a full listener time; one that is away gets a single try. */
  private drain(retries: number, done: () => void): void {
    clearTimeout(this.timer);
    this.flush();
    clearTimeout(this.timer);
    if (this.ring.length > 0 && !this.away && retries > 0) {
      setTimeout(() => this.drain(retries - 1, done), RETRY_FULL_MS);
      return;
    }
    this.socket.close();
    done();
  }

  private flush(): void {
    this.timer = undefined;
    for (let line = this.ring[0]; line !== undefined; line = this.ring[0]) {
      const result = this.socket.send(line);
      if (!result.sent) {
        this.wait(result.errno, line);
        return;
      }
      this.away = false;
      this.ring.shift();
    }
    if (this.dropped > 0) this.tellDropped();
  }

  private wait(errno: number, line: Buffer): void {
    const full = errno === EAGAIN;
    if (!full) {
      // A listener that was restarted needs a new connection: 111, 107 or, with the path gone, 2.
      this.socket.close();
      if (!this.away) this.onAway(line.toString());
      this.away = true;
    }
    this.timer = setTimeout(() => this.flush(), full ? RETRY_FULL_MS : RETRY_AWAY_MS);
    this.timer.unref();
  }

  private tellDropped(): void {
    const text = `<28>piranha[${process.pid}]: ${this.dropped} log lines were dropped`;
    const result = this.socket.send(Buffer.from(text));
    // The count waits for the next line when even it does not fit.
    if (result.sent) this.dropped = 0;
    else this.timer = setTimeout(() => this.flush(), RETRY_FULL_MS).unref();
  }
}
