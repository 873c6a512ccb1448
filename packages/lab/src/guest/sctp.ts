import { createServer, type Server, Socket } from 'node:net';
import { parseIpv4 } from '@piranha/common';
import { errnoName, libc } from '@piranha/net';
import type { Connector } from './live-connections.js';
import type { Namespace } from './namespace.js';
import { setSysctls } from './networks.js';

const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const IPPROTO_SCTP = 132;
const SOL_SOCKET = 1;
const SO_SNDTIMEO = 21;
const CONNECT_LIMIT_SECONDS = 5;

/**
 * One-to-one SCTP sockets (RFC 6458, 4) are streams to Node, but it opens none. Each is bound to one address: a second
 * one would be told to the peer inside the handshake, where no director rewrites it.
 */
function openSctp(host: Namespace, address: string, port: number): number {
  const { socket, bind } = libc();
  const fd = host.run(() => socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_SCTP));
  if (fd < 0) throw failed('socket');
  const name = socketName(address, port);
  if (bind(fd, name, name.length) < 0) throw failed('bind', fd);
  return fd;
}

/** An SCTP service that answers whatever it gets with its name. */
export class SctpServer {
  private readonly server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => socket.write(this.name));
  });

  constructor(
    private readonly name: string,
    private readonly host: Namespace,
    private readonly address: string,
  ) {}

  start(port: number): Promise<void> {
    // The lab kernel has no digest for the cookies of its handshake.
    setSysctls(this.host, { 'net.sctp.cookie_hmac_alg': 'none' });
    const fd = openSctp(this.host, this.address, port);
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ fd }, () => resolve());
    });
  }
}

/** Opens associations from this address of a host; the handshake is over when one is returned. */
export function sctpFrom(host: Namespace, from: string): Connector {
  return {
    connect: (to, port) => {
      const { connect, setsockopt } = libc();
      const fd = openSctp(host, from, 0);
      const limit = Buffer.alloc(16);
      limit.writeBigInt64LE(BigInt(CONNECT_LIMIT_SECONDS));
      if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, limit, limit.length) < 0) throw failed('setsockopt', fd);
      const name = socketName(to, port);
      if (connect(fd, name, name.length) < 0) throw failed('connect', fd);
      return new Socket({ fd, readable: true, writable: true });
    },
  };
}

/** The answer on a new association from this address of a host. @throws when there is none */
export function askSctp(host: Namespace, from: string, to: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = sctpFrom(host, from).connect(to, port);
    socket.setTimeout(CONNECT_LIMIT_SECONDS * 1_000, () => socket.destroy(new Error('SCTP: no answer')));
    socket.once('error', reject);
    // After an answer this changes nothing.
    socket.once('close', () => reject(new Error('SCTP: closed without an answer')));
    socket.once('data', (data) => {
      resolve(data.toString());
      socket.destroy();
    });
    socket.write('?');
  });
}

/** struct sockaddr_in: family native, port and address big endian. */
function socketName(address: string, port: number): Buffer {
  const name = Buffer.alloc(16);
  name.writeUInt16LE(AF_INET, 0);
  name.writeUInt16BE(port, 2);
  name.writeUInt32BE(parseIpv4(address) ?? 0, 4);
  return name;
}

function failed(call: string, fd?: number): Error {
  const error = new Error(`SCTP: ${call}: ${errnoName(libc().errno())}`);
  if (fd !== undefined) libc().close(fd);
  return error;
}
