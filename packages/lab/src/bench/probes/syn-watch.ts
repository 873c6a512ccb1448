import { formatIpv4, monotonicNowMs, UserError } from '@piranha/common';
import { errnoName, libc, receiveRaw } from '@piranha/net';

const AF_INET = 2;
const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const IPPROTO_TCP = 6;
const SYN_ALONE = 0x02;

/** Notes when somebody on this machine begins a TCP connection to an address, accepted or refused. Needs root. */
export class SynWatch {
  /** Monotonic times of the connects since the last `clear`, ms. */
  private times: number[] = [];
  private readonly receiver;

  /** @throws UserError `RAW_SOCKET_FAILED` */
  constructor(
    private readonly address: string,
    private readonly port: number,
  ) {
    const fd = libc().socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_TCP);
    if (fd < 0) {
      const hint = 'run as root, or with the capability CAP_NET_RAW';
      throw new UserError(`cannot use a raw socket: ${errnoName(libc().errno())}`, {
        code: 'RAW_SOCKET_FAILED',
        hint,
      });
    }
    this.receiver = receiveRaw(
      fd,
      (packet) => this.take(packet),
      () => undefined,
    );
  }

  get connectsMs(): readonly number[] {
    return this.times;
  }

  clear(): void {
    this.times = [];
  }

  close(): void {
    this.receiver.close();
  }

  private take(packet: Buffer): void {
    const headerBytes = (packet.readUInt8(0) & 15) * 4;
    const isSyn = packet.readUInt8(headerBytes + 13) === SYN_ALONE;
    if (!isSyn || packet.readUInt16BE(headerBytes + 2) !== this.port) return;
    if (formatIpv4(packet.readUInt32BE(16)) === this.address) this.times.push(monotonicNowMs());
  }
}
