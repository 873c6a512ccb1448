import { createServer, type Server, type Socket } from 'node:net';
import { monotonicNowMs } from '@piranha/common';
import { drainGroupMember, LISTEN_BACKLOG, openReuseportSocket, unsteerGroup } from '@piranha/net';
import type { ServiceEntry } from '../core/entries.js';
import { DRAIN_LIMIT_MS, type ServiceListener } from './listener.js';

export interface TcpListenerOptions {
  readonly service: ServiceEntry;
  readonly address: string;
  readonly port: number;
  readonly onConnection: (socket: Socket, service: ServiceEntry) => void;
}

/** Accepts the connections of one TCP service. Several processes of one user can share the address and port. */
export class TcpListener implements ServiceListener {
  private accepted = 0;

  private constructor(
    private readonly server: Server,
    private readonly fd: number,
    readonly service: ServiceEntry,
  ) {}

  /** @throws UserError `LISTEN_FAILED` */
  static async open(options: TcpListenerOptions): Promise<TcpListener> {
    const { address, port, service } = options;
    const fd = openReuseportSocket({ protocol: 'tcp', address, port });
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const listener = new TcpListener(server, fd, service);
    server.on('connection', (socket) => {
      listener.accepted += 1;
      options.onConnection(socket, service);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ fd, backlog: LISTEN_BACKLOG }, resolve);
    });
    // An earlier member may have steered the group away from newcomers before it left.
    unsteerGroup(fd);
    return listener;
  }

  async drain(): Promise<boolean> {
    const isDry = await drainGroupMember({
      fd: this.fd,
      protocol: 'tcp',
      arrivals: () => this.accepted,
      nowMs: monotonicNowMs,
      limitMs: DRAIN_LIMIT_MS,
    });
    this.close();
    return isDry;
  }

  close(): void {
    this.server.close();
  }
}
