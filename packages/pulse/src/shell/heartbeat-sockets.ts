import { createSocket, type Socket } from 'node:dgram';
import { errorText, UserError } from '@piranha/common';
import { type ByteOrder, encodeHeartbeat, type HeartbeatWord } from '@piranha/protocol';
import type { HeartbeatPath } from '../core/settings.js';

/** A heartbeat path by any name. */
export interface SocketPath {
  readonly name: string;
  readonly local: string;
  readonly partner: string;
}

export interface HeartbeatHandlers<Path extends SocketPath = HeartbeatPath> {
  readonly onDatagram: (path: Path, datagram: Buffer, address: string) => void;
  /** A send failed, or works again (`problem` undefined). Told once per change. */
  readonly onSendChange: (path: Path, problem: string | undefined) => void;
}

interface OpenPath<Path> {
  readonly path: Path;
  readonly socket: Socket;
  sent: number;
  received: number;
  failing: boolean;
}

/** The UDP sockets of all heartbeat paths, each bound to its own address and the heartbeat port. */
export class HeartbeatSockets<Path extends SocketPath = HeartbeatPath> {
  private byteOrder: ByteOrder = 'little';

  private constructor(
    private readonly open: readonly OpenPath<Path>[],
    private readonly port: number,
    private readonly handlers: HeartbeatHandlers<Path>,
  ) {}

  /** @throws UserError `PULSE_BIND_FAILED` when an own address cannot be bound */
  static async open<Path extends SocketPath>(
    paths: readonly Path[],
    port: number,
    handlers: HeartbeatHandlers<Path>,
  ): Promise<HeartbeatSockets<Path>> {
    const opened: OpenPath<Path>[] = [];
    // Paths to several directors leave from one address.
    const bound = new Map<string, Socket>();
    for (const path of paths) {
      try {
        const socket = bound.get(path.local) ?? (await bind(path, port));
        bound.set(path.local, socket);
        opened.push({ path, socket, sent: 0, received: 0, failing: false });
      } catch (error) {
        for (const socket of bound.values()) socket.close();
        throw new UserError(
          `pulse: cannot create heartbeat socket. running as root? (${path.local}:${port}: ${errorText(error)})`,
          {
            code: 'PULSE_BIND_FAILED',
            hint: `${path.local} must be an address of this node, and port ${port} free`,
          },
        );
      }
    }
    const sockets = new HeartbeatSockets(opened, port, handlers);
    for (const socket of bound.values()) sockets.listen(socket);
    return sockets;
  }

  /** Sends a word on every path; from an ephemeral port nothing differs for the partner. */
  send(word: HeartbeatWord): void {
    const datagram = encodeHeartbeat(word, this.byteOrder);
    this.sendEach(() => datagram);
  }

  /** Sends on every path what `make` gives for it; `sent` counts what went out on the path, this one included. */
  sendEach(make: (path: Path, sent: number) => Buffer): void {
    for (const entry of this.open) {
      entry.sent += 1;
      const datagram = make(entry.path, entry.sent);
      entry.socket.send(datagram, this.port, entry.path.partner, (error) => this.sent(entry, error));
    }
  }

  /** Later words go out in the partner's byte order, which an original partner alone understands. */
  answerIn(byteOrder: ByteOrder): void {
    this.byteOrder = byteOrder;
  }

  /** Counters per path, for status. */
  counters(): readonly (Path & { readonly sent: number; readonly received: number })[] {
    return this.open.map(({ path, sent, received }) => ({ ...path, sent, received }));
  }

  close(): void {
    for (const socket of new Set(this.open.map((entry) => entry.socket))) socket.close();
  }

  private listen(socket: Socket): void {
    const entries = this.open.filter((entry) => entry.socket === socket);
    socket.on('message', (datagram, { address }) => {
      // What a stranger sends is told with the first path of the socket.
      const entry = entries.find(({ path }) => path.partner === address) ?? entries[0];
      if (entry === undefined) return;
      entry.received += 1;
      this.handlers.onDatagram(entry.path, datagram, address);
    });
    // No ICMP refusal comes here, for the sockets are not connected; and none would prove that nobody serves.
    socket.on('error', (error) => {
      for (const entry of entries) this.sent(entry, error);
    });
  }

  private sent(entry: OpenPath<Path>, error: Error | null): void {
    const failing = error !== null;
    if (failing === entry.failing) return;
    entry.failing = failing;
    this.handlers.onSendChange(entry.path, failing ? errorText(error) : undefined);
  }
}

function bind(path: SocketPath, port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind(port, path.local, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
