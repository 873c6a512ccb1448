import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { monotonicNowMs, parseIpv4 } from '@piranha/common';
import { drainGroupMember, openReuseportSocket, unsteerGroup } from '@piranha/net';
import { ConnectionAccount } from '../core/connection.js';
import type { ServiceEntry } from '../core/entries.js';
import { DRAIN_LIMIT_MS, type ServiceListener } from './listener.js';
import type { ConnectionRegistry } from './registry.js';
import { SEND_QUEUE_LIMIT_BYTES, UdpFlow } from './udp-flow.js';

/** Flows of one service at a time; the one that was quiet longest makes room. */
const FLOW_LIMIT = 4_096;

export interface UdpListenerOptions {
  readonly service: ServiceEntry;
  readonly address: string;
  readonly port: number;
  readonly registry: ConnectionRegistry;
}

/** Takes the datagrams of one UDP service; a client's address and port make a flow. */
export class UdpListener implements ServiceListener {
  /** In order of their last datagram from the client, the quietest first. */
  private readonly flows = new Map<string, UdpFlow>();
  private received = 0;

  private constructor(
    private readonly socket: Socket,
    private readonly fd: number,
    private readonly options: UdpListenerOptions,
  ) {}

  /** @throws UserError `LISTEN_FAILED` */
  static async open(options: UdpListenerOptions): Promise<UdpListener> {
    const { address, port } = options;
    const fd = openReuseportSocket({ protocol: 'udp', address, port });
    const socket = createSocket('udp4');
    const listener = new UdpListener(socket, fd, options);
    socket.on('message', (datagram, client) => listener.receive(datagram, client));
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ fd }, resolve);
    });
    socket.removeAllListeners('error');
    // Errors of single answers (a client that has gone) end nothing.
    socket.on('error', () => {});
    unsteerGroup(fd);
    return listener;
  }

  get service(): ServiceEntry {
    return this.options.service;
  }

  /** The flows end with their listener: their answers can only come from its address. */
  async drain(): Promise<boolean> {
    const isDry = await drainGroupMember({
      fd: this.fd,
      protocol: 'udp',
      arrivals: () => this.received,
      nowMs: monotonicNowMs,
      limitMs: DRAIN_LIMIT_MS,
    });
    this.close();
    return isDry;
  }

  close(): void {
    for (const flow of [...this.flows.values()]) flow.reset();
    this.socket.close();
  }

  private receive(datagram: Buffer, client: RemoteInfo): void {
    this.received += 1;
    const key = `${client.address}:${client.port}`;
    const flow = this.flows.get(key) ?? this.newFlow(client);
    if (!flow) return;
    this.flows.delete(key);
    this.flows.set(key, flow);
    flow.forward(datagram);
  }

  private newFlow(client: RemoteInfo): UdpFlow | undefined {
    const { registry, service } = this.options;
    const [quietest] = this.flows.values();
    if (quietest && (this.flows.size >= FLOW_LIMIT || registry.isFull)) quietest.reset();
    if (registry.isFull) return undefined;
    const address = parseIpv4(client.address) ?? 0;
    const account = ConnectionAccount.open(service, { address, port: client.port }, 'flow', monotonicNowMs());
    if (!account) return undefined;
    const flow = new UdpFlow({
      account,
      onAnswer: (answer) => this.answer(answer, client),
      onEnd: (ended) => {
        registry.delete(ended);
        this.flows.delete(`${client.address}:${client.port}`);
      },
    });
    registry.add(flow);
    return flow;
  }

  private answer(datagram: Buffer, client: RemoteInfo): void {
    if (this.socket.getSendQueueSize() >= SEND_QUEUE_LIMIT_BYTES) return;
    this.socket.send(datagram, client.port, client.address, () => {});
  }
}
