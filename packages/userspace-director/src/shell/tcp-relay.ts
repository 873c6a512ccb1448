import { connect, type Socket } from 'node:net';
import { monotonicNowMs } from '@piranha/common';
import type { ConnectionAccount } from '../core/connection.js';
import type { LiveConnection } from './registry.js';

/** A real server that does not answer the connect within this loses the client, ms. */
const CONNECT_LIMIT_MS = 10_000;

export interface TcpRelayEvents {
  /** The real server refused or did not answer; `code` is the errno's name or `TIMEOUT`. */
  readonly onConnectFailed: (account: ConnectionAccount, code: string) => void;
  readonly onEnd: (relay: TcpRelay) => void;
}

/**
 * Carries one TCP connection to its real server: bytes both ways, each side's end passed on to the other, an error
 * on one side as a reset to the other. A slow side stops the reading of the other one, so that about one read and
 * one socket buffer are held for each direction.
 */
export class TcpRelay implements LiveConnection {
  private readonly server: Socket;
  private isConnected = false;
  private openSides = 2;
  private connectTimer: NodeJS.Timeout | undefined;

  /** @param client accepted with allowHalfOpen */
  constructor(
    private readonly client: Socket,
    readonly account: ConnectionAccount,
    private readonly events: TcpRelayEvents,
  ) {
    const { address, port } = account.server.settings;
    this.server = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
    this.connectTimer = setTimeout(() => this.fail('TIMEOUT'), CONNECT_LIMIT_MS);
    this.server.once('connect', () => {
      this.isConnected = true;
      this.stopConnectTimer();
      this.account.establish();
    });
    this.carry(this.client, this.server, (bytes) => account.received(bytes, monotonicNowMs()));
    this.carry(this.server, this.client, (bytes) => account.answered(bytes, monotonicNowMs()));
    this.server.on('error', (error: NodeJS.ErrnoException) => {
      if (!this.isConnected) this.fail(error.code ?? error.message);
    });
  }

  reset(): void {
    this.stopConnectTimer();
    abort(this.client);
    abort(this.server);
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
    // The close that follows an error carries it to the other side.
    from.on('error', () => {});
    from.once('close', (hadError) => {
      if (hadError) abort(to);
      this.sideClosed();
    });
  }

  private fail(code: string): void {
    this.events.onConnectFailed(this.account, code);
    this.reset();
  }

  private sideClosed(): void {
    this.openSides -= 1;
    if (this.openSides > 0) return;
    this.stopConnectTimer();
    this.events.onEnd(this);
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
