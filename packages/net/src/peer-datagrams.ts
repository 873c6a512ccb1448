import { peerName } from './core/peer-name.js';
import { errnoName, libc } from './libc.js';
import { type RawReceiver, receiveRaw } from './raw-receiver.js';
import { hearRefusals, takeRefusals } from './refusals.js';

const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;

/** What comes from the peer, and the errno's name where the network says that something did not arrive there. */
export interface PeerEars {
  readonly onDatagram: (datagram: Buffer) => void;
  readonly onRefusal: (reason: string) => void;
}

/**
 * A UDP socket that talks to one peer and hears nobody else. Node's own would hear of a port that nobody listens on, but
 * not of a host or a network that is not to be reached.
 * @throws Error whose `code` is the errno's name, where there is no descriptor left or no route
 */
export class PeerDatagrams {
  private readonly receiver: RawReceiver;

  /** @param port 1 to 65535 */
  constructor(address: string, port: number, { onDatagram, onRefusal }: PeerEars) {
    this.receiver = receiveRaw(openTo(address, port), onDatagram, (error: NodeJS.ErrnoException) => {
      takeRefusals(this.receiver.fd);
      // A datagram that had to be cut is lost; the next one fits, for the kernel knows the path by now.
      if (error.code !== 'EMSGSIZE') onRefusal(error.code ?? error.message);
    });
  }

  /** Undefined when the kernel took it, else the errno's name. */
  send(datagram: Uint8Array): string | undefined {
    const bytes = Buffer.from(datagram);
    const sent = libc().sendto(this.receiver.fd, bytes, bytes.length, MSG_DONTWAIT, null, 0);
    return sent < 0 ? errnoName(libc().errno()) : undefined;
  }

  close(): void {
    this.receiver.close();
  }
}

/** A descriptor that is bound to one peer. */
function openTo(address: string, port: number): number {
  const { version, family, name } = peerName(address, port);
  const fd = libc().socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw failed('socket');
  if (hearRefusals(fd, version) < 0) throw closed(fd, 'setsockopt');
  if (libc().connect(fd, name, name.length) < 0) throw closed(fd, 'connect');
  return fd;
}

function closed(fd: number, call: string): Error {
  const error = failed(call);
  libc().close(fd);
  return error;
}

/** Of the call just made. */
function failed(call: string): Error {
  const code = errnoName(libc().errno());
  return Object.assign(new Error(`${call}: ${code}`), { code });
}
