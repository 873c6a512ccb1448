import { createSocket } from 'node:dgram';
import type { Namespace } from './namespace.js';

const LIMIT_MS = 3_000;

/** The answer to one datagram from a client's new socket. @throws when there is none within 3 s */
export function ask(client: Namespace, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const timer = setTimeout(() => finish(() => reject(new Error('no datagram came back'))), LIMIT_MS);
    const finish = (then: () => void): void => {
      clearTimeout(timer);
      socket.close();
      then();
    };
    socket.once('message', (message) => finish(() => resolve(message.toString().trim())));
    socket.once('error', (error) => finish(() => reject(error)));
    client.runWithNextTick(() => socket.bind(0, '0.0.0.0', () => socket.send('?', port, host)));
  });
}

/** A client that asks again and again from one socket, so that it stays one client, until it is stopped. */
export class PersistentAsker {
  /** By whom it was answered last. */
  answer: string | undefined;
  private readonly socket = createSocket('udp4');
  private timer: NodeJS.Timeout | undefined;

  constructor(client: Namespace, host: string, port: number, everyMs: number) {
    this.socket.on('message', (message) => {
      this.answer = message.toString().trim();
    });
    this.socket.on('error', () => undefined);
    const ask = (): void => this.socket.send('?', port, host);
    client.runWithNextTick(() => this.socket.bind(0, '0.0.0.0', ask));
    this.timer = setInterval(ask, everyMs);
  }

  /** A second call does nothing. */
  stop(): void {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.socket.close();
  }
}
