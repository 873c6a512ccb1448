import { randomBytes } from 'node:crypto';
import { UserError } from '@piranha/common';
import { addressBytes } from './core/address-bytes.js';
import { echoRequest, readEchoReply } from './core/icmp-echo.js';
import { errnoName, libc } from './libc.js';
import { type RawReceiver, receiveRaw } from './raw-receiver.js';

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const DATA_BYTES = 16;
/** ICMP numbers, and the socket options by which the kernel keeps back every message but an echo reply. */
const FAMILIES = {
  4: { family: AF_INET, protocol: 1, level: 255, option: 1, nameBytes: 16, at: 4 },
  6: { family: AF_INET6, protocol: 58, level: 58, option: 1, nameBytes: 28, at: 8 },
} as const;

/** One bit for each type of message, set where the kernel drops it. */
function onlyReplies(family: 4 | 6): Buffer {
  if (family === 4) {
    const types = Buffer.alloc(4);
    types.writeUInt32LE(0xfffffffe);
    return types;
  }
  const types = Buffer.alloc(32, 0xff);
  types.writeUInt32LE(0xfffffffd, 16); // the fifth word begins with type 128
  return types;
}

/**
 * Asks one host by ICMP echo, IPv4 or IPv6, and hears nobody else.
 * @throws UserError `RAW_SOCKET_FAILED`, also where no route leads to the host
 */
export class EchoSocket {
  private readonly family: 4 | 6;
  private readonly identifier = randomBytes(2).readUInt16BE();
  /** Nobody who did not see the question can make its answer. */
  private readonly data = randomBytes(DATA_BYTES);
  private readonly receiver: RawReceiver;

  /** @param onReply gets the number of the question that was answered */
  constructor(address: string, onReply: (sequence: number) => void) {
    const bytes = addressBytes(address);
    if (bytes === undefined) throw new Error(`no IP address: ${address}`);
    this.family = bytes.length === 4 ? 4 : 6;
    const onMessage = (packet: Buffer): void => {
      const sequence = readEchoReply(this.family, packet, this.identifier, this.data);
      if (sequence !== undefined) onReply(sequence);
    };
    // What the network says of an unreachable host arrives as an error; silence means the same.
    this.receiver = receiveRaw(openTo(this.family, bytes), onMessage, () => undefined);
  }

  /** Asks question number `sequence` (0 to 65535). Undefined when the kernel took it, else the errno's name. */
  send(sequence: number): string | undefined {
    const message = echoRequest(this.family, this.identifier, sequence, this.data);
    const sent = libc().sendto(this.receiver.fd, message, message.length, MSG_DONTWAIT, null, 0);
    return sent < 0 ? errnoName(libc().errno()) : undefined;
  }

  close(): void {
    this.receiver.close();
  }
}

/** A raw socket that is bound to one peer. */
function openTo(version: 4 | 6, address: Buffer): number {
  const { family, protocol, level, option, nameBytes, at } = FAMILIES[version];
  const fd = libc().socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (fd < 0) throw failed('socket');
  const filter = onlyReplies(version);
  const name = Buffer.alloc(nameBytes);
  name.writeUInt16LE(family, 0);
  address.copy(name, at);
  const call =
    libc().setsockopt(fd, level, option, filter, filter.length) < 0
      ? 'setsockopt'
      : libc().connect(fd, name, name.length) < 0
        ? 'connect'
        : undefined;
  if (call === undefined) return fd;
  const error = failed(call);
  libc().close(fd);
  throw error;
}

function failed(call: string): UserError {
  const reason = errnoName(libc().errno());
  const isDenied = reason === 'EPERM' || reason === 'EACCES';
  return new UserError(`cannot ask by ICMP: ${call}: ${reason}`, {
    code: 'RAW_SOCKET_FAILED',
    hint: isDenied ? 'run as root, or with the capability CAP_NET_RAW' : 'is there a route to the host?',
  });
}
