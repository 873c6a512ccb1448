import { connect, type Socket } from 'node:net';
import { UserError } from '@piranha/common';
import { decodeFrame, encodeFrame, type Frame, LineSplitter } from '../core/frames.js';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export interface ControlClientOptions {
  readonly path: string;
  /** Called for each event that the server sends. */
  readonly onEvent?: (event: string, data: unknown) => void;
  /** Called once when the connection is gone, for whatever reason. */
  readonly onClose?: () => void;
}

/** A connection to one of the suite's Unix sockets. */
export class ControlClient {
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  private constructor(
    private readonly socket: Socket,
    private readonly options: ControlClientOptions,
  ) {
    const splitter = new LineSplitter();
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const line of splitter.push(chunk)) this.receive(decodeFrame(line));
      } catch {
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.lost());
  }

  /** @throws UserError `CONTROL_UNREACHABLE` when nobody listens on the path */
  static async connect(options: ControlClientOptions): Promise<ControlClient> {
    const socket = connect(options.path);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', (error: NodeJS.ErrnoException) =>
        reject(unreachable(options.path, error.code ?? '')),
      );
    });
    socket.removeAllListeners('error');
    return new ControlClient(socket, options);
  }

  /** False once the connection is gone. */
  get connected(): boolean {
    return !this.socket.destroyed;
  }

  /**
   * Calls a method and waits for its answer.
   * @throws UserError with the server's code, `CONTROL_TIMEOUT` after `timeoutMs`, or `CONTROL_UNREACHABLE`
   */
  call(method: string, params: unknown = {}, timeoutMs = 5_000): Promise<unknown> {
    if (!this.connected) return Promise.reject(unreachable(this.options.path, 'closed'));
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(new UserError(`no answer to ${method} within ${timeoutMs} ms`, { code: 'CONTROL_TIMEOUT' }));
      }, timeoutMs);
      this.waiting.set(id, { resolve, reject, timer });
      this.socket.write(encodeFrame({ id, method, params }));
    });
  }

  /** Sends an event that wants no answer; dropped silently when the connection is gone. */
  emit(event: string, data: unknown): void {
    if (this.connected) this.socket.write(encodeFrame({ event, data }));
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(frame: Frame): void {
    if (frame.event !== undefined) {
      this.options.onEvent?.(frame.event, frame.data);
      return;
    }
    const waiting = frame.id === undefined ? undefined : this.waiting.get(frame.id);
    if (!waiting || frame.id === undefined) return;
    this.waiting.delete(frame.id);
    clearTimeout(waiting.timer);
    if (frame.error) waiting.reject(new UserError(frame.error.message, frame.error));
    else waiting.resolve(frame.result);
  }

  private lost(): void {
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(unreachable(this.options.path, 'closed'));
    }
    this.waiting.clear();
    this.options.onClose?.();
  }
}

/**
 * One question over a connection of its own.
 * @param limitMs longest wait for the answer
 * @throws UserError `CONTROL_UNREACHABLE`, `CONTROL_TIMEOUT`, or what the daemon answered
 */
export async function askOnce(
  path: string,
  method: string,
  limitMs: number,
  params: unknown = {},
): Promise<unknown> {
  const client = await ControlClient.connect({ path });
  try {
    return await client.call(method, params, limitMs);
  } finally {
    client.close();
  }
}

function unreachable(path: string, reason: string): UserError {
  return new UserError(`cannot reach ${path}: ${reason}`, {
    code: 'CONTROL_UNREACHABLE',
    hint: 'is the daemon running, and is --run-dir the one it was started with?',
  });
}
