import { createConnection, type Socket } from 'node:net';
import type { Asker, Told } from './asker.js';

/** Asks by a TCP connection, which is reset once it is there: no waiting socket stays behind at either end. */
export class TcpAsker implements Asker {
  private socket: Socket | undefined;

  constructor(
    private readonly target: { readonly address: string; readonly port: number },
    private readonly told: Told,
  ) {}

  ask(sentMs: number): void {
    const socket = createConnection({ host: this.target.address, port: this.target.port });
    this.socket = socket;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.told.failed(sentMs, error.code ?? error.message);
    });
    socket.once('connect', () => {
      const isAwaited = this.socket === socket;
      this.giveUpOn(socket);
      if (isAwaited) this.told.answered(sentMs);
    });
  }

  giveUp(): void {
    if (this.socket !== undefined) this.giveUpOn(this.socket);
  }

  close(): void {
    this.giveUp();
  }

  private giveUpOn(socket: Socket): void {
    if (this.socket === socket) this.socket = undefined;
    if (socket.connecting) socket.destroy();
    else socket.resetAndDestroy();
  }
}
