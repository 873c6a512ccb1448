import { type AddressInfo, createServer, type Socket } from 'node:net';

/**
 * The real server of the throughput bench, a process of its own: it tells its port on the first line of stdout.
 * A connection that starts with `B` gets bytes without end, any other one a short answer and the end.
 */

const ANSWER = Buffer.from('HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello');
const BULK_CHUNK = Buffer.alloc(256 * 1024, 'x');
const BULK_WORD = 'B'.charCodeAt(0);

function pour(socket: Socket): void {
  while (!socket.destroyed && socket.write(BULK_CHUNK));
}

function serve(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  socket.once('data', (chunk: Buffer) => {
    if (chunk[0] !== BULK_WORD) {
      socket.end(ANSWER);
      return;
    }
    socket.on('drain', () => pour(socket));
    pour(socket);
  });
}

const server = createServer({ noDelay: true }, serve);
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
// The bench holds the other end of this pipe: when the bench is gone, so is the server.
process.stdin.on('end', () => process.exit(0)).resume();
