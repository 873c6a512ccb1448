import { createSocket, type Socket } from 'node:dgram';
import { monotonicNowMs } from '@piranha/common';
import type { ConnectionAccount } from '../core/connection.js';
import type { LiveConnection } from './registry.js';

/** Datagrams kept while the upstream socket is being connected. */
const PENDING_LIMIT = 64;
/** Bytes that may wait in one socket's send queue; more is dropped, as a full device queue would. */
export const SEND_QUEUE_LIMIT_BYTES = 1024 * 1024;

export interface UdpFlowOptions {
  readonly account: ConnectionAccount;
  readonly onAnswer: (datagram: Buffer) => void;
  readonly onEnd: (flow: UdpFlow) => void;
}

/** One client's datagrams to its real server and back, through a connected socket of its own. */
export class UdpFlow implements LiveConnection {
  private readonly socket: Socket = createSocket('udp4');
  private pending: Buffer[] | undefined = [];
  private hasEnded = false;

  constructor(private readonly options: UdpFlowOptions) {
    const { address, port } = options.account.server.settings;
    this.socket.on('message', (datagram) => {
      options.account.answered(datagram.length, monotonicNowMs());
      options.onAnswer(datagram);
    });
    // A refused datagram (ICMP) is the client's loss, as with the kernel; the flow lives on until its timeout.
    this.socket.on('error', () => {});
    this.socket.connect(port, address, (error?: Error) => this.flush(error));
  }

  get account(): ConnectionAccount {
    return this.options.account;
  }

  /** A datagram from the client. */
  forward(datagram: Buffer): void {
    this.account.received(datagram.length, monotonicNowMs());
    if (!this.pending) this.send(datagram);
    else if (this.pending.length < PENDING_LIMIT) this.pending.push(datagram);
  }

  reset(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.socket.close();
    this.options.onEnd(this);
  }

  serverRemoved(): void {
    this.reset();
  }

  private flush(error?: Error): void {
    if (this.hasEnded) return;
    if (error) {
      this.reset();
      return;
    }
    const pending = this.pending ?? [];
    this.pending = undefined;
    for (const datagram of pending) this.send(datagram);
  }

  private send(datagram: Buffer): void {
    if (this.socket.getSendQueueSize() < SEND_QUEUE_LIMIT_BYTES) this.socket.send(datagram, () => {});
  }
}
