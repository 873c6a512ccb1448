import { parseIpv4, UserError } from '@piranha/common';
import { errnoName, libc } from './libc.js';
import { type RawReceiver, receiveRaw } from './raw-receiver.js';

const AF_INET = 2;
const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const IPPROTO_ICMP = 1;
/** Whole packets, their IPv4 header included; nothing is received. */
const IPPROTO_RAW = 255;
const NAME_BYTES = 16;

function open(protocol: number): number {
  const fd = libc().socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (fd >= 0) return fd;
  const reason = errnoName(libc().errno());
  throw new UserError(`cannot use a raw socket: ${reason}`, {
    code: 'RAW_SOCKET_FAILED',
    hint: 'run as root, or with the capability CAP_NET_RAW',
  });
}

function sendTo(fd: number, packet: Buffer, address: string): string | undefined {
  const name = Buffer.alloc(NAME_BYTES);
  name.writeUInt16LE(AF_INET, 0);
  name.writeUInt32BE(parseIpv4(address) ?? 0, 4);
  const sent = libc().sendto(fd, packet, packet.length, MSG_DONTWAIT, name, name.length);
  return sent < 0 ? errnoName(libc().errno()) : undefined;
}

/** Sends whole IPv4 packets, which the kernel routes as its own. @throws UserError `RAW_SOCKET_FAILED` */
export class RawIpSocket {
  private readonly fd = open(IPPROTO_RAW);

  /** Undefined when the kernel took it, else the errno's name, such as `EMSGSIZE`. */
  send(packet: Buffer, address: string): string | undefined {
    return sendTo(this.fd, packet, address);
  }

  close(): void {
    libc().close(this.fd);
  }
}

/** Asks by ICMP. It hears every ICMP packet to this machine, with its IPv4 header. @throws UserError `RAW_SOCKET_FAILED` */
export class IcmpSocket {
  private readonly receiver: RawReceiver;

  constructor(onPacket: (packet: Buffer) => void) {
    this.receiver = receiveRaw(open(IPPROTO_ICMP), onPacket, () => undefined);
  }

  /** As `RawIpSocket`'s, for a message without its IPv4 header. */
  send(message: Buffer, address: string): string | undefined {
    return sendTo(this.receiver.fd, message, address);
  }

  close(): void {
    this.receiver.close();
  }
}
