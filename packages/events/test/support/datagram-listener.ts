import { closeSync, readSync, rmSync } from 'node:fs';
import { libc } from '@piranha/net';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCKADDR_UN_BYTES = 110;

/** Stands for syslogd: a Unix datagram socket that is read only when the test asks. */
export class DatagramListener {
  private readonly fd: number;

  constructor(private readonly path: string) {
    const address = Buffer.alloc(SOCKADDR_UN_BYTES);
    address.writeUInt16LE(AF_UNIX, 0);
    address.write(path, 2);
    this.fd = libc().socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (libc().bind(this.fd, address, address.length) < 0) throw new Error(`bind: ${libc().errno()}`);
  }

  /** Every datagram that waits, in the order of arrival. */
  read(): string[] {
    const lines: string[] = [];
    const buffer = Buffer.alloc(65_536);
    for (;;) {
      try {
        const bytes = readSync(this.fd, buffer);
        lines.push(buffer.subarray(0, bytes).toString());
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return lines;
        throw error;
      }
    }
  }

  close(): void {
    closeSync(this.fd);
    rmSync(this.path, { force: true });
  }
}
