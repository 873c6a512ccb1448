export { drainGroupMember } from './group-drain.js';
export * from './libc.js';
export { unsteerGroup } from './reuseport-group.js';
export { LISTEN_BACKLOG, openReuseportSocket } from './reuseport-socket.js';
export { type SendResult, UnixDatagram } from './unix-datagram.js';
