import { UserError } from '@piranha/common';
import { type DeviceLookup, type EthernetDevice, lookUpDevice } from './ethernet-device.js';
import { errnoName, libc } from './libc.js';

const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_SNDBUFFORCE = 32;
const MSG_DONTWAIT = 0x40;
/** Room for the frames of a thousand addresses in both forms, with the kernel's overhead. */
const SEND_BUFFER_BYTES = 4 * 1024 * 1024;

/** Sends whole Ethernet frames on any device of the network namespace it was opened in. It never receives. */
export class PacketSocket {
  private readonly fd: number;

  /** @throws UserError `PACKET_SOCKET_DENIED` without CAP_NET_RAW, `PACKET_SOCKET_FAILED` for other reasons */
  constructor() {
    this.fd = openPacketSocket();
    const size = Buffer.alloc(4);
    size.writeInt32LE(SEND_BUFFER_BYTES);
    // Without CAP_NET_ADMIN the kernel's default stays, which is enough for a hundred addresses.
    libc().setsockopt(this.fd, SOL_SOCKET, SO_SNDBUFFORCE, size, size.length);
  }

  /** The device of an interface name, as it is now. */
  lookUp(interfaceName: string): DeviceLookup {
    return lookUpDevice(this.fd, interfaceName);
  }

  /** Sends a frame without waiting; undefined when the kernel took it, else the errno's name. */
  send(device: EthernetDevice, frame: Buffer): string | undefined {
    const name = linkLayerName(device.index, frame.readUInt16BE(12));
    frame.copy(name, 12, 0, 6);
    const sent = libc().sendto(this.fd, frame, frame.length, MSG_DONTWAIT, name, name.length);
    return sent < 0 ? errnoName(libc().errno()) : undefined;
  }

  close(): void {
    libc().close(this.fd);
  }
}

/**
 * A packet socket that receives nothing until it is bound to a protocol.
 * @throws UserError `PACKET_SOCKET_DENIED`, `PACKET_SOCKET_FAILED`
 */
export function openPacketSocket(): number {
  const fd = libc().socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw packetSocketFailed('socket');
  return fd;
}

/** struct sockaddr_ll for an Ethernet device; the hardware address at byte 12 is left zero. */
export function linkLayerName(index: number, etherType: number): Buffer {
  const name = Buffer.alloc(20);
  name.writeUInt16LE(AF_PACKET, 0);
  name.writeUInt16BE(etherType, 2);
  name.writeInt32LE(index, 4);
  name.writeUInt16LE(1, 8);
  name.writeUInt8(6, 11);
  return name;
}

/** The UserError for a call on a packet socket that just failed: `PACKET_SOCKET_DENIED` or `PACKET_SOCKET_FAILED`. */
export function packetSocketFailed(call: string): UserError {
  const reason = errnoName(libc().errno());
  const isDenied = reason === 'EPERM' || reason === 'EACCES';
  return new UserError(`cannot use a packet socket: ${call}: ${reason}`, {
    code: isDenied ? 'PACKET_SOCKET_DENIED' : 'PACKET_SOCKET_FAILED',
    hint: isDenied ? 'run as root, or with the capability CAP_NET_RAW' : 'see the errno for the reason',
  });
}
