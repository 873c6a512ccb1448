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
