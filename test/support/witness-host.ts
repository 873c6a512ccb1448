import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** A third host on loopback that accepts connections while it is up. */
export class WitnessHost {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  constructor(
    readonly address: string,
    readonly port: number,
  ) {}

  async up(): Promise<void> {
    const server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    });
    this.server = server;
    server.listen(this.port, this.address);
    await once(server, 'listening');
  }

  async down(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
