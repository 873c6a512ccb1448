import type { Socket } from 'node:dgram';
import { errorText, UserError } from '@piranha/common';
import { type ByteOrder, encodeHeartbeat, type HeartbeatWord } from '@piranha/protocol';
import type { HeartbeatPath } from '../core/settings.js';
import { openGroupSocket, openPathSocket, sendToGroups } from './path-socket.js';

/** A heartbeat path by any name. */
export interface SocketPath {
  readonly name: string;
  readonly local: string;
  readonly partner: string;
  /** Group to which heartbeats go in place of the partner's address. */
  readonly multicast?: string | undefined;
}

export interface HeartbeatHandlers<Path extends SocketPath = HeartbeatPath> {
  /** @returns true for what says nothing that another datagram does not: it is not counted */
  readonly onDatagram: (path: Path, datagram: Buffer, address: string) => unknown;
  /** A send failed, or works again (`problem` undefined). Told once per change. */
  readonly onSendChange: (path: Path, problem: string | undefined) => void;
}

interface OpenPath<Path> {
  readonly path: Path;
  /** Sends, and hears what is sent to the own address. */
  readonly socket: Socket;
  /** Hears the path's group. */
  readonly group: Socket | undefined;
  sent: number;
  received: number;
  failing: boolean;
}

/** The UDP sockets of all heartbeat paths, each bound to its own address and the heartbeat port. */
export class HeartbeatSockets<Path extends SocketPath = HeartbeatPath> {
  private byteOrder: ByteOrder = 'little';
  /** Paths that one datagram serves: by a group it reaches every director on that network. */
  private readonly sharing: readonly (readonly OpenPath<Path>[])[];

  private constructor(
    private readonly open: readonly OpenPath<Path>[],
    private readonly port: number,
    private readonly handlers: HeartbeatHandlers<Path>,
  ) {
    const byTarget = new Map<string, OpenPath<Path>[]>();
    for (const entry of open) {
      const { local, partner, multicast = partner } = entry.path;
      const target = `${local} ${multicast}`;
      byTarget.set(target, [...(byTarget.get(target) ?? []), entry]);
    }
    this.sharing = [...byTarget.values()];
  }

  /** @throws UserError `PULSE_BIND_FAILED` when an own address cannot be bound */
  static async open<Path extends SocketPath>(
    paths: readonly Path[],
    port: number,
    handlers: HeartbeatHandlers<Path>,
  ): Promise<HeartbeatSockets<Path>> {
    const opened: OpenPath<Path>[] = [];
    // Paths to several directors leave from one address.
    const bound = new Map<string, Socket>();
    const once = async (key: string, open: () => Promise<Socket>): Promise<Socket> => {
      const socket = bound.get(key) ?? (await open());
      bound.set(key, socket);
      return socket;
    };
    for (const path of paths) {
      const { local, multicast } = path;
      try {
        const socket = await once(local, () => openPathSocket(local, port));
        const group =
          multicast && (await once(`${local} ${multicast}`, () => openGroupSocket(multicast, local, port)));
        if (group) sendToGroups(socket, local);
        opened.push({ path, socket, group: group || undefined, sent: 0, received: 0, failing: false });
      } catch (error) {
        for (const socket of bound.values()) socket.close();
        throw bindFailed(path, port, error);
      }
    }
    const sockets = new HeartbeatSockets(opened, port, handlers);
    for (const socket of bound.values()) sockets.listen(socket);
    return sockets;
  }

  /**
   * Sends a word on every path; from an ephemeral port nothing differs for the partner.
   * @param finish what goes out in its place
   * @param beside it goes out beside a beat, which is counted
   */
  send(
    word: HeartbeatWord,
    finish: (datagram: Buffer) => Buffer = (datagram) => datagram,
    beside = false,
  ): void {
    const datagram = finish(encodeHeartbeat(word, this.byteOrder));
    this.sendEach(() => datagram, beside ? 0 : 1);
  }

  /** Sends on every path what `make` gives for it; `sent` counts what went out on the path, this one included. */
  sendEach(make: (path: Path, sent: number) => Buffer, counts = 1): void {
    for (const entries of this.sharing) {
      for (const entry of entries) entry.sent += counts;
      const [first] = entries;
      if (first === undefined) continue;
      const { path, socket, sent } = first;
      socket.send(make(path, sent), this.port, path.multicast ?? path.partner, (error) => {
        for (const entry of entries) this.sent(entry, error);
      });
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
    const sockets = this.open.flatMap(({ socket, group }) =>
      group === undefined ? [socket] : [socket, group],
    );
    for (const socket of new Set(sockets)) socket.close();
  }

  private listen(socket: Socket): void {
    const ofGroup = this.open.filter(({ group }) => group === socket);
    const ofAddress = this.open.filter((entry) => entry.socket === socket);
    // A partner that does not know of the group yet sends to the address.
    const direct = ofAddress.filter(({ path }) => path.multicast === undefined);
    const entries = ofGroup.length > 0 ? ofGroup : [...direct, ...ofAddress];
    socket.on('message', (datagram, { address }) => {
      // What this machine sends to a group comes back to it.
      if (ofGroup.some(({ path }) => path.local === address)) return;
      // What a stranger sends is told with the first path of the socket.
      const entry = entries.find(({ path }) => path.partner === address) ?? entries[0];
      if (entry === undefined) return;
      if (this.handlers.onDatagram(entry.path, datagram, address) !== true) entry.received += 1;
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

function bindFailed({ local, multicast }: SocketPath, port: number, error: unknown): UserError {
  const where = `${local}:${port}${multicast === undefined ? '' : `, group ${multicast}`}`;
  return new UserError(
    `pulse: cannot create heartbeat socket. running as root? (${where}: ${errorText(error)})`,
    { code: 'PULSE_BIND_FAILED', hint: `${local} must be an address of this node, and port ${port} free` },
  );
}
