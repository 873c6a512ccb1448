import { createSocket, type Socket } from 'node:dgram';
import { UserError } from '@piranha/common';
import { errnoName, libc } from './libc.js';

const AF_INET = 2;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const O_CLOEXEC = 0o2000000;

/** A socket kind that Node has no class for (netlink, packet, raw), read in the event loop. */
export interface RawReceiver {
  /** The descriptor, for libc's sendto. */
  readonly fd: number;
  close(): void;
}

/**
 * Has Node's event loop read a datagram-like socket that Node itself would not take. Node's UDP handle only calls
 * recvmsg, so an ordinary UDP socket is given to it, and at once replaced by ours under the same number, before the
 * loop first polls it. `fd` must be non-blocking; it is taken over, also where this throws, and must not be used or
 * closed any more.
 * Receive errors, such as ENOBUFS after an overflow, go to `onError`; receiving goes on.
 * @throws UserError `SOCKET_FAILED`
 */
export function receiveRaw(
  fd: number,
  onMessage: (message: Buffer) => void,
  onError: (error: Error) => void,
): RawReceiver {
  const decoy = libc().socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (decoy < 0) throw socketFailed('socket', fd);
  const socket: Socket = createSocket('udp4');
  socket.on('message', onMessage);
  socket.on('error', onError);
  socket.bind({ fd: decoy, exclusive: true });
  if (libc().dup3(fd, decoy, O_CLOEXEC) < 0) {
    const error = socketFailed('dup3', fd);
    socket.close();
    throw error;
  }
  libc().close(fd);
  return { fd: decoy, close: () => socket.close() };
}

/** Of the call just made; `fd` is closed. */
function socketFailed(call: string, fd: number): UserError {
  const error = new UserError(`${call}: ${errnoName(libc().errno())}`, {
    code: 'SOCKET_FAILED',
    hint: 'the limit of open files may be reached',
  });
  libc().close(fd);
  return error;
}
