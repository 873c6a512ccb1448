import { libc } from './libc.js';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const SOCKADDR_UN_BYTES = 110;

/** What became of a datagram; `errno` is the kernel's number. */
export type SendResult = { readonly sent: true } | { readonly sent: false; readonly errno: number };

function unixAddress(path: string): Buffer {
  const bytes = Buffer.from(path);
  if (bytes.length > SOCKADDR_UN_BYTES - 3) throw new Error(`Unix socket path over 107 bytes: ${path}`);
  const address = Buffer.alloc(SOCKADDR_UN_BYTES);
  address.writeUInt16LE(AF_UNIX, 0);
  bytes.copy(address, 2);
  return address;
}

/** A Unix datagram socket that never blocks: what syslog(3) uses and Node lacks. */
export class UnixDatagram {
  private fd = -1;
  private readonly address: Buffer;

  /** `path` has at most 107 bytes; throws otherwise. */
  constructor(path: string) {
    this.address = unixAddress(path);
  }

  /** Sends one datagram, connecting first where needed. EAGAIN (11) means the listener is full: try again later. */
  send(datagram: Buffer): SendResult {
    const connected = this.connect();
    if (!connected.sent) return connected;
    const c = libc();
    const sent = c.sendto(this.fd, datagram, datagram.length, MSG_NOSIGNAL | MSG_DONTWAIT, null, 0);
    if (sent >= 0) return { sent: true };
    return { sent: false, errno: c.errno() };
  }

  /** Forgets the connection; the next send makes a new one. For a listener that was restarted. */
  close(): void {
    if (this.fd >= 0) libc().close(this.fd);
    this.fd = -1;
  }

  private connect(): SendResult {
    if (this.fd >= 0) return { sent: true };
    const c = libc();
    this.fd = c.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (this.fd < 0) return { sent: false, errno: c.errno() };
    if (c.connect(this.fd, this.address, SOCKADDR_UN_BYTES) >= 0) return { sent: true };
    const errno = c.errno();
    this.close();
    return { sent: false, errno };
  }
}
