import { randomBytes } from 'node:crypto';
import { UserError } from '@piranha/common';
import { echoRequest, quotesRequest, readEchoMessage, readEchoReply } from './core/icmp-echo.js';
import { type PeerName, peerName } from './core/peer-name.js';
import { errnoName, libc } from './libc.js';
import { type RawReceiver, receiveRaw } from './raw-receiver.js';
import { hearRefusals, takeRefusals } from './refusals.js';

const SOCK_DGRAM = 2;
const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const DATA_BYTES = 16;
/** ICMP numbers; the socket options by which the kernel keeps back every message but an echo reply. */
const FAMILIES = {
  4: { protocol: 1, level: 255, option: 1 },
  6: { protocol: 58, level: 58, option: 1 },
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
 * Asks one host by ICMP echo, IPv4 or IPv6, and hears nobody else. Who may have no raw socket uses one that is for
 * questions and their answers alone, where the kernel lets his group (net.ipv4.ping_group_range).
 * @throws UserError `RAW_SOCKET_FAILED`, also where no route leads to the host
 */
export class EchoSocket {
  private readonly family: 4 | 6;
  private readonly identifier = randomBytes(2).readUInt16BE();
  /** Nobody who did not see the question can make its answer. */
  private readonly data = randomBytes(DATA_BYTES);
  private readonly receiver: RawReceiver;
  private readonly isRaw: boolean;

  /**
   * @param onReply gets the number of the question that was answered
   * @param onRefusal gets the errno's name, such as `EHOSTUNREACH`, where the network says of a question that it did
   *   not arrive. Without it that means no more than silence.
   */
  constructor(
    address: string,
    onReply: (sequence: number) => void,
    private readonly onRefusal?: (reason: string) => void,
  ) {
    const peer = peerName(address, 0);
    this.family = peer.version;
    const { fd, isRaw } = openTo(peer, onRefusal !== undefined);
    this.isRaw = isRaw;
    const onMessage = (packet: Buffer): void => {
      const sequence = isRaw
        ? readEchoReply(this.family, packet, this.identifier, this.data)
        : readEchoMessage(this.family, packet, this.data);
      if (sequence !== undefined) onReply(sequence);
    };
    this.receiver = receiveRaw(fd, onMessage, (error: NodeJS.ErrnoException) =>
      this.refused(error.code ?? error.message),
    );
  }

  /** What the network says of an unreachable host arrives as an error, and quotes what it is about. */
  private refused(reason: string): void {
    if (this.onRefusal === undefined) return;
    const identifier = this.isRaw ? this.identifier : undefined;
    let isOurs = false;
    takeRefusals(this.receiver.fd, (quoted) => {
      isOurs ||= quotesRequest(this.family, quoted, identifier, this.data);
    });
    if (isOurs) this.onRefusal(reason);
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

interface Opened {
  readonly fd: number;
  readonly isRaw: boolean;
}

function isDenied(reason: string): boolean {
  return reason === 'EPERM' || reason === 'EACCES';
}

/** A raw socket, or one for echoes alone. */
function open({ version, family }: PeerName): Opened {
  const { protocol } = FAMILIES[version];
  const raw = libc().socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (raw >= 0) return { fd: raw, isRaw: true };
  const reason = errnoName(libc().errno());
  const refusal = failed('socket', reason);
  if (!isDenied(reason)) throw refusal;
  const fd = libc().socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (fd < 0) throw refusal;
  return { fd, isRaw: false };
}

/** A socket that is bound to one peer. */
function openTo(peer: PeerName, hearsRefusals: boolean): Opened {
  const { version, name } = peer;
  const { level, option } = FAMILIES[version];
  const { fd, isRaw } = open(peer);
  const filter = onlyReplies(version);
  const isSet = isRaw ? libc().setsockopt(fd, level, option, filter, filter.length) : 0;
  const hears = hearsRefusals ? hearRefusals(fd, version) : 0;
  const call =
    isSet < 0 || hears < 0 ? 'setsockopt' : libc().connect(fd, name, name.length) < 0 ? 'connect' : undefined;
  if (call === undefined) return { fd, isRaw };
  const error = failed(call, errnoName(libc().errno()));
  libc().close(fd);
  throw error;
}

function failed(call: string, reason: string): UserError {
  return new UserError(`cannot ask by ICMP: ${call}: ${reason}`, {
    code: 'RAW_SOCKET_FAILED',
    hint: isDenied(reason)
      ? 'run as root, or with the capability CAP_NET_RAW, or let your group ask: sysctl net.ipv4.ping_group_range'
      : 'is there a route to the host?',
  });
}
