import { createServer } from 'node:net';

// The real servers of the bench: all of 127.0.0.0/8 on one port. Tells its port and takes every connection.
const server = createServer({ noDelay: false }, (socket) => {
  // The bare check ends with a reset.
  socket.on('error', () => undefined);
  socket.resume();
});
server.listen({ port: 0, host: '0.0.0.0', backlog: 4_096 }, () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
});
process.on('disconnect', () => process.exit(0));
