import { libc } from './libc.js';

const SOL_SOCKET = 1;
const SO_ATTACH_REUSEPORT_CBPF = 51;
const SO_DETACH_REUSEPORT_BPF = 68;
const IPPROTO_TCP = 6;
const TCP_INFO = 11;
/** `tcpi_unacked`, which a listening socket uses for the connections that wait for accept. */
const WAITING_OFFSET = 24;
/** BPF_RET | BPF_K: answer with the constant. */
const RETURN_CONSTANT = 6;

/**
 * Sends all new connections (or datagrams) of the socket's SO_REUSEPORT group to its member `index`, 0 for the one
 * that joined first. An index without a member leaves the kernel's choice by hash. False when the kernel refuses.
 */
export function steerGroup(fd: number, index: number): boolean {
  // The program (length, pointer) and its one instruction in one buffer, which the call itself keeps alive.
  const program = Buffer.alloc(24);
  program.writeUInt16LE(1, 0);
  program.writeBigUInt64LE(libc().addressOf(program) + 16n, 8);
  program.writeUInt16LE(RETURN_CONSTANT, 16);
  program.writeUInt32LE(index, 20);
  return libc().setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, program, 16) === 0;
}

/** Gives the choice within the group back to the kernel's hash; a group without a steer is left as it is. */
export function unsteerGroup(fd: number): void {
  const none = Buffer.alloc(4);
  libc().setsockopt(fd, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, none, none.length);
}

/** Connections that wait on a listening TCP socket for accept; undefined when the kernel does not tell. */
export function waitingConnections(fd: number): number | undefined {
  const info = Buffer.alloc(104);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(info.length);
  if (libc().getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, length) < 0) return undefined;
  return info.readUInt32LE(WAITING_OFFSET);
}
