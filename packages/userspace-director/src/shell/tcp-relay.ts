import { connect, type Socket } from 'node:net';
import { monotonicNowMs } from '@piranha/common';
import type { ConnectionAccount } from '../core/connection.js';
import type { LiveConnection } from './registry.js';

/** A real server that does not answer the connect within this loses the client, ms. */
const CONNECT_LIMIT_MS = 10_000;

export interface TcpRelayEvents {
  /**
   * The real server refused, did not answer or left the table; `code` is the errno's name, `TIMEOUT` or `REMOVED`. Gives the account of another
   * server to try, for no byte has passed yet, or undefined to lose the client.
   */
  readonly onConnectFailed: (account: ConnectionAccount, code: string) => ConnectionAccount | undefined;
  readonly onEnd: (relay: TcpRelay) => void;
}

/**
 * Carries one TCP connection to its real server: bytes both ways, each side's end passed on to the other, an error
 * on one side as a reset to the other. A slow side stops the reading of the other one, so that about one read and
 * one socket buffer are held for each direction.
 */
export class TcpRelay implements LiveConnection {
  private server: Socket | undefined;
  private isCarrying = false;
  private openSides = 2;
  private connectTimer: NodeJS.Timeout | undefined;

  /** @param client accepted with allowHalfOpen; nothing is read from it before a server is connected */
  constructor(
    private readonly client: Socket,
    private current: ConnectionAccount,
    private readonly events: TcpRelayEvents,
  ) {
    // The close that follows an error carries it to the other side.
    client.on('error', () => {});
    client.once('close', () => this.clientLeft());
    this.connect();
  }

  get account(): ConnectionAccount {
    return this.current;
  }

  reset(): void {
    this.stopConnectTimer();
    abort(this.client);
    if (this.server) abort(this.server);
  }

  /** A client that still waits for its server has lost nothing yet: it goes to another one, as after a refusal. */
  serverRemoved(): void {
    if (this.isCarrying || this.server === undefined) this.reset();
    else this.connectFailed(this.server, 'REMOVED');
  }

  private connect(): void {
    const { address, port } = this.current.server.settings;
    const server = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
    this.server = server;
    this.connectTimer = setTimeout(() => this.connectFailed(server, 'TIMEOUT'), CONNECT_LIMIT_MS);
    const onError = (error: NodeJS.ErrnoException) => this.connectFailed(server, error.code ?? error.message);
    server.once('error', onError);
    server.once('connect', () => {
      server.off('error', onError);
      this.stopConnectTimer();
      this.isCarrying = true;
      this.current.establish();
      const { account } = this;
      this.carry(this.client, server, (bytes) => account.received(bytes, monotonicNowMs()));
      this.carry(server, this.client, (bytes) => account.answered(bytes, monotonicNowMs()));
    });
  }

  private connectFailed(server: Socket, code: string): void {
    this.stopConnectTimer();
    server.destroy();
    if (this.client.destroyed) return;
    const next = this.events.onConnectFailed(this.current, code);
    if (next === undefined) {
      abort(this.client);
      return;
    }
    this.current.end();
    this.current = next;
    this.connect();
  }

  /** A client that leaves before its server is connected leaves no second side to wait for. */
  private clientLeft(): void {
    if (this.isCarrying) return;
    this.stopConnectTimer();
    this.server?.destroy();
    this.events.onEnd(this);
  }

  private carry(from: Socket, to: Socket, count: (bytes: number) => void): void {
    from.on('data', (chunk: Buffer) => {
      count(chunk.length);
      if (!to.write(chunk)) from.pause();
    });
    to.on('drain', () => from.resume());
    from.on('end', () => {
      this.account.halfClose();
      to.end();
    });
    from.on('error', () => {});
    from.once('close', (hadError) => {
      if (hadError) abort(to);
      this.sideClosed();
    });
  }

  private sideClosed(): void {
    this.openSides -= 1;
    if (this.openSides === 0) this.events.onEnd(this);
  }

  private stopConnectTimer(): void {
    clearTimeout(this.connectTimer);
    this.connectTimer = undefined;
  }
}

/** Resets a connected socket; one that is still connecting is just dropped. */
function abort(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}
