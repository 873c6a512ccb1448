import { parseIpv4, UserError } from '@piranha/common';
import { errnoName, libc } from './libc.js';

const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const SOCK_NONBLOCK = 0o4000;
const IPPROTO_IP = 0;
const IP_FREEBIND = 15;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_REUSEPORT = 15;

/** Connections that may wait for accept. State it again at `server.listen({ fd, backlog })`, or Node lowers it. */
export const LISTEN_BACKLOG = 4096;

export interface ReuseportSocketOptions {
  readonly protocol: 'tcp' | 'udp';
  /** IPv4 address; it need not belong to this machine yet. */
  readonly address: string;
  /** 1 to 65535, or 0 to let the kernel choose. */
  readonly port: number;
}

/**
 * Opens a non-blocking socket that shares its address and port with other processes of the same user
 * (SO_REUSEPORT), listening already if it is TCP. Give the descriptor to `server.listen({ fd, backlog })` or
 * dgram's `bind({ fd })`, which own it from then on.
 * @throws UserError `LISTEN_FAILED` with the errno's name
 */
export function openReuseportSocket(options: ReuseportSocketOptions): number {
  const { socket, bind, listen, close } = libc();
  const isTcp = options.protocol === 'tcp';
  const fd = socket(AF_INET, (isTcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) throw listenFailed(options, 'socket');
  try {
    if (isTcp) enable(fd, SOL_SOCKET, SO_REUSEADDR, options);
    enable(fd, SOL_SOCKET, SO_REUSEPORT, options);
    // A VIP is often served a moment before it is put on the interface.
    enable(fd, IPPROTO_IP, IP_FREEBIND, options);
    const name = socketName(options);
    if (bind(fd, name, name.length) < 0) throw listenFailed(options, 'bind');
    if (isTcp && listen(fd, LISTEN_BACKLOG) < 0) throw listenFailed(options, 'listen');
    return fd;
  } catch (error) {
    close(fd);
    throw error;
  }
}

function enable(fd: number, level: number, option: number, options: ReuseportSocketOptions): void {
  const one = Buffer.alloc(4);
  one.writeInt32LE(1);
  if (libc().setsockopt(fd, level, option, one, one.length) < 0) throw listenFailed(options, 'setsockopt');
}

/** struct sockaddr_in: family native, port and address big endian. */
function socketName(options: ReuseportSocketOptions): Buffer {
  const address = parseIpv4(options.address);
  if (address === undefined) {
    throw new UserError(`${options.address} is no IPv4 address`, { code: 'LISTEN_FAILED' });
  }
  const name = Buffer.alloc(16);
  name.writeUInt16LE(AF_INET, 0);
  name.writeUInt16BE(options.port, 2);
  name.writeUInt32BE(address, 4);
  return name;
}

function listenFailed(options: ReuseportSocketOptions, call: string): UserError {
  const reason = errnoName(libc().errno());
  return new UserError(
    `cannot listen on ${options.protocol} ${options.address}:${options.port}: ${call}: ${reason}`,
    {
      code: 'LISTEN_FAILED',
      hint:
        reason === 'EADDRINUSE'
          ? 'another program, or one of another user, has this address and port'
          : 'see the errno for the reason',
    },
  );
}
