import { chmodSync, existsSync, mkdirSync, unlinkSync } from 'node:fs';
import { createServer, type Server, Socket } from 'node:net';
import { dirname } from 'node:path';
import { errorText, UserError } from '@piranha/common';
import { decodeFrame, encodeFrame, LineSplitter } from '../core/frames.js';

/** A peer that lets this much pile up unread is cut off, bytes. */
const SLOW_PEER_LIMIT_BYTES = 16 * 1024 * 1024;

/** Longest path of a Unix socket, without the final zero, bytes. */
const LONGEST_PATH_BYTES = 107;

/** One connected peer, as handlers see it. */
export interface ControlPeer {
  /** Grows by one with each connection; for logs and maps. */
  readonly number: number;
  /** Sends an event; a peer that does not read is cut off. */
  emit(event: string, data: unknown): void;
  close(): void;
}

/** Answers one method. A thrown UserError travels to the caller with its code and hint. */
export type ControlHandler = (params: unknown, peer: ControlPeer) => unknown | Promise<unknown>;

export interface ControlServerOptions {
  readonly path: string;
  readonly methods: Readonly<Record<string, ControlHandler>>;
  /** Events that peers send without wanting an answer. */
  readonly events?: Readonly<Record<string, (data: unknown, peer: ControlPeer) => void>>;
  readonly onDisconnect?: (peer: ControlPeer) => void;
}

/** A Unix socket that speaks newline-delimited JSON. */
export class ControlServer {
  private readonly server: Server;
  private readonly sockets = new Map<ControlPeer, Socket>();
  private connections = 0;

  private constructor(private readonly options: ControlServerOptions) {
    this.server = createServer((socket) => this.accept(socket));
  }

  /**
   * Listens on a Unix socket of mode 0660 in a directory that is made with mode 0750 if it is missing.
   * @throws UserError `CONTROL_IN_USE` when a living process answers on the path (a dead socket file is removed),
   *   `CONTROL_PATH` when the path is too long or its directory cannot be made or written
   */
  static async listen(options: ControlServerOptions): Promise<ControlServer> {
    makeDirectory(options.path);
    if (existsSync(options.path)) await removeDeadSocket(options.path);
    const control = new ControlServer(options);
    await new Promise<void>((resolve, reject) => {
      control.server.once('error', (error) => reject(unusable(options.path, error.message)));
      control.server.listen(options.path, resolve);
    });
    chmodSync(options.path, 0o660);
    return control;
  }

  /** Sends an event to every peer. */
  broadcast(event: string, data: unknown): void {
    for (const peer of this.sockets.keys()) peer.emit(event, data);
  }

  /** Stops listening and cuts every peer off. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets.values()) socket.destroy();
    await closed;
  }

  private accept(socket: Socket): void {
    this.connections += 1;
    const peer: ControlPeer = {
      number: this.connections,
      emit: (event, data) => this.write(socket, encodeFrame({ event, data })),
      close: () => socket.destroy(),
    };
    this.sockets.set(peer, socket);
    const splitter = new LineSplitter();
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const line of splitter.push(chunk)) this.receive(line, peer, socket);
      } catch (error) {
        // A peer that breaks the protocol gets one word and the door.
        socket.end(encodeFrame({ error: { code: 'CONTROL_BAD_FRAME', message: errorText(error) } }));
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.sockets.delete(peer);
      this.options.onDisconnect?.(peer);
    });
  }

  private receive(line: string, peer: ControlPeer, socket: Socket): void {
    const frame = decodeFrame(line);
    if (frame.event !== undefined) {
      this.options.events?.[frame.event]?.(frame.data, peer);
      return;
    }
    const { id, method } = frame;
    if (id === undefined || method === undefined) {
      throw new UserError('request without id or method', { code: 'CONTROL_BAD_FRAME' });
    }
    this.answer(method, frame.params, peer)
      .then((result) => this.write(socket, encodeFrame({ id, result: result ?? null })))
      .catch((error: unknown) => this.write(socket, encodeFrame({ id, error: frameError(error) })));
  }

  private async answer(method: string, params: unknown, peer: ControlPeer): Promise<unknown> {
    const handler = Object.hasOwn(this.options.methods, method) ? this.options.methods[method] : undefined;
    if (!handler) throw new UserError(`unknown method ${method}`, { code: 'CONTROL_UNKNOWN_METHOD' });
    return handler(params, peer);
  }

  private write(socket: Socket, text: string): void {
    if (socket.destroyed || !socket.writable) return;
    socket.write(text);
    if (socket.writableLength > SLOW_PEER_LIMIT_BYTES) socket.destroy();
  }
}

function makeDirectory(path: string): void {
  // The kernel would cut a longer path without a word.
  if (Buffer.byteLength(path) > LONGEST_PATH_BYTES) throw unusable(path, `over ${LONGEST_PATH_BYTES} bytes`);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  } catch (error) {
    throw unusable(path, errorText(error));
  }
}

function unusable(path: string, why: string): UserError {
  return new UserError(`cannot listen on ${path}: ${why}`, {
    code: 'CONTROL_PATH',
    hint: 'give a --run-dir that can be written and is short',
  });
}

/** How an error travels to who asked. */
export function frameError(error: unknown): { code: string; message: string; hint?: string } {
  if (!(error instanceof UserError)) return { code: 'CONTROL_INTERNAL', message: errorText(error) };
  const { code, message, hint } = error;
  return hint === undefined ? { code, message } : { code, message, hint };
}

async function removeDeadSocket(path: string): Promise<void> {
  const alive = await new Promise<boolean>((resolve) => {
    const probe = new Socket();
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
    probe.connect(path);
  });
  if (alive) {
    throw new UserError(`${path} is in use by a running process`, {
      code: 'CONTROL_IN_USE',
      hint: 'stop it first, or give another --run-dir',
    });
  }
  unlinkSync(path);
}
