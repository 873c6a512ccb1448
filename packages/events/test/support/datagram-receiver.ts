import { rmSync } from 'node:fs';
import { libc } from '@piranha/net';

const AF_UNIX = 1;
const SOCK_DGRAM_NONBLOCK = 2 | 0o4000 | 0o2000000;

/** What syslogd is to us: a Unix datagram socket that is read when the test says so. */
export class DatagramReceiver {
  private readonly fd: number;

  constructor(private readonly path: string) {
    const address = Buffer.alloc(110);
    address.writeUInt16LE(AF_UNIX, 0);
    address.write(path, 2);
    this.fd = libc().socket(AF_UNIX, SOCK_DGRAM_NONBLOCK, 0);
    if (libc().bind(this.fd, address, address.length) < 0) throw new Error(`cannot bind ${path}`);
  }

  /** Every datagram that waits, as text. */
  read(): string[] {
    const lines: string[] = [];
    const buffer = Buffer.alloc(4_096);
    for (;;) {
      const size = libc().recv(this.fd, buffer, buffer.length, 0);
      if (size < 0) return lines;
      lines.push(buffer.toString('utf8', 0, size));
    }
  }

  close(): void {
    libc().close(this.fd);
    rmSync(this.path, { force: true });
  }
}
