import { createSocket, type Socket } from 'node:dgram';
import { errorText, UserError } from '@piranha/common';
import { type ByteOrder, encodeHeartbeat, type HeartbeatWord, type PathStatus } from '@piranha/protocol';
import type { HeartbeatPath } from '../core/settings.js';

export interface HeartbeatHandlers {
  readonly onDatagram: (path: HeartbeatPath, datagram: Buffer, address: string) => void;
  /** A send failed, or works again (`problem` undefined). Told once per change. */
  readonly onSendChange: (path: HeartbeatPath, problem: string | undefined) => void;
}

interface OpenPath {
  readonly path: HeartbeatPath;
  readonly socket: Socket;
  sent: number;
  received: number;
  failing: boolean;
}

/** The UDP sockets of all heartbeat paths, each bound to its own address and the heartbeat port. */
export class HeartbeatSockets {
  private byteOrder: ByteOrder = 'little';

  private constructor(
    private readonly open: readonly OpenPath[],
    private readonly port: number,
    private readonly handlers: HeartbeatHandlers,
  ) {}

  /** @throws UserError `PULSE_BIND_FAILED` when an own address cannot be bound */
  static async open(
    paths: readonly HeartbeatPath[],
    port: number,
    handlers: HeartbeatHandlers,
  ): Promise<HeartbeatSockets> {
    const opened: OpenPath[] = [];
    for (const path of paths) {
      try {
        opened.push({ path, socket: await bind(path, port), sent: 0, received: 0, failing: false });
      } catch (error) {
        for (const { socket } of opened) socket.close();
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
    for (const entry of opened) sockets.listen(entry);
    return sockets;
  }

  /** Sends a word on every path; from an ephemeral port nothing differs for the partner. */
  send(word: HeartbeatWord): void {
    const datagram = encodeHeartbeat(word, this.byteOrder);
    for (const entry of this.open) {
      entry.sent += 1;
      entry.socket.send(datagram, this.port, entry.path.partner, (error) => this.sent(entry, error));
    }
  }

  /** Later words go out in the partner's byte order, which an original partner alone understands. */
  answerIn(byteOrder: ByteOrder): void {
    this.byteOrder = byteOrder;
  }

  /** Counters per path, for status. */
  counters(): readonly Omit<PathStatus, 'silentMs'>[] {
    return this.open.map(({ path, sent, received }) => ({ ...path, sent, received }));
  }

  close(): void {
    for (const { socket } of this.open) socket.close();
  }

  private listen(entry: OpenPath): void {
    entry.socket.on('message', (datagram, { address }) => {
      entry.received += 1;
      this.handlers.onDatagram(entry.path, datagram, address);
    });
    // An ICMP refusal after a send arrives here; the dead timer decides, not a single refusal.
    entry.socket.on('error', (error) => this.sent(entry, error));
  }

  private sent(entry: OpenPath, error: Error | null): void {
    const failing = error !== null;
    if (failing === entry.failing) return;
    entry.failing = failing;
    this.handlers.onSendChange(entry.path, failing ? errorText(error) : undefined);
  }
}

function bind(path: HeartbeatPath, port: number): Promise<Socket> {
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
