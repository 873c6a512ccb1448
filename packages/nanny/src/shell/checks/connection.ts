import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  type CancelSignal,
  type Check,
  type CheckComplaint,
  type CheckContext,
  type CheckOutcome,
  failed,
  lacksDescriptors,
  passed,
  serverName,
  type Trace,
  unmade,
} from '../../check.js';
import type { AnySpecPlan } from '../../core/check-plan.js';
import { limitStep, type StepLimits } from '../step-limit.js';
import { wasTaken } from './tcp-session.js';

/** What a step of a check found wrong, one line without the server's name. */
export class CheckFailure extends Error {
  /** The kernel's name for it, where it has one. */
  readonly code: string | undefined;
  /** The message without what differs each time. */
  readonly topic: string | undefined;

  constructor(
    message: string,
    { code, topic }: { readonly code?: string | undefined; readonly topic?: string | undefined } = {},
  ) {
    super(message);
    this.code = code;
    this.topic = topic;
  }
}

/** The outcome of a failed check of a block. */
export function failedSpec({ spec, target }: AnySpecPlan, what: string): CheckOutcome {
  return failed('NANNY_CHECK_FAILED', { check: spec.name, server: serverName(target), what });
}

/** Runs steps that throw `CheckFailure`; they give the reason of a success. */
export async function judged(
  plan: AnySpecPlan,
  steps: () => Promise<CheckOutcome | string>,
): Promise<CheckOutcome> {
  try {
    const result = await steps();
    return typeof result === 'string' ? passed(result) : result;
  } catch (error) {
    if (!(error instanceof CheckFailure)) throw error;
    const { message, code, topic } = error;
    if (code !== undefined && lacksDescriptors(code)) return unmade(plan.target, code);
    const outcome = failedSpec(plan, message);
    return topic === undefined ? outcome : { ...outcome, topic: failedSpec(plan, topic).reason };
  }
}

/** A check that talks over one TCP connection, which is reset at the end whatever happens. */
export function conversationCheck(
  plan: AnySpecPlan,
  talk: (connection: Connection) => Promise<CheckOutcome | string>,
): Check {
  return {
    run: async (context) => {
      const connection = new Connection(plan, context);
      try {
        const outcome = await judged(plan, async () => {
          await connection.connect();
          return talk(connection);
        });
        const { notices } = connection;
        return notices.length === 0 ? outcome : { ...outcome, notices };
      } finally {
        connection.reset();
      }
    },
  };
}

type Settle = (value: true) => void;

const CLOSED = 'closed by the server';
/** Of Node's error for a connection that ends within the TLS handshake, which it calls a reset even where it is none. */
const ENDED_EARLY = 'before secure TLS connection was established';

/** One TCP connection, on which TLS may begin. Every step is limited in time, and throws `CheckFailure`. */
export class Connection {
  /** Lines to log whatever comes of the check. */
  readonly notices: CheckComplaint[] = [];
  private readonly socket: Socket;
  /** What is read and written: the socket, or the TLS upon it. */
  private stream: Duplex;
  private error: Error | undefined;
  private ended = false;
  private onTrouble: () => void = () => {};
  private received: Buffer = Buffer.alloc(0);
  private readonly signal: CancelSignal;
  private readonly trace: Trace | undefined;

  constructor(
    private readonly plan: AnySpecPlan,
    { signal, trace }: CheckContext,
  ) {
    this.signal = signal;
    this.trace = trace;
    const { address, port } = plan.target;
    // Half open: where the server ended first, a socket that ends too could not be reset any more, and would stay.
    this.socket = connect({ host: address, port, autoSelectFamily: false, allowHalfOpen: true });
    this.stream = this.socket;
    // Listens for the whole life of the socket: a reset may come between two steps.
    this.socket.on('error', (error) => this.trouble(error));
  }

  /** Of a step that is none of the connection's own. */
  get limits(): StepLimits {
    return { limitMs: this.plan.stepLimitMs, signal: this.signal };
  }

  async connect(): Promise<void> {
    const { connectLimitMs } = this.plan;
    try {
      await this.step('connect', connectLimitMs, (settle) => this.socket.once('connect', () => settle(true)));
    } catch (failure) {
      // The next step, if there is one, fails by it.
      if (!wasTaken(this.error)) throw failure;
    }
    this.listen();
  }

  /** Lets TLS begin. `begin` makes it on the socket; `event` tells when it is ready. */
  async secure<Layer extends Duplex>(begin: (socket: Socket) => Layer, event: string): Promise<Layer> {
    this.socket.removeAllListeners('data').removeListener('end', this.onEnd);
    // An end that came before TLS began is told by the socket alone, and only to who reads.
    const onEnd = () => this.trouble(new Error(CLOSED));
    if (this.ended) onEnd();
    else this.socket.once('end', onEnd).read(0);
    const layer = begin(this.socket);
    this.stream = layer;
    layer.on('error', (error) =>
      this.trouble(error.message.includes(ENDED_EARLY) ? new Error(CLOSED) : error),
    );
    layer.once('close', onEnd);
    await this.step('TLS handshake', this.plan.stepLimitMs, (settle) =>
      layer.once(event, () => settle(true)),
    );
    layer.removeListener('close', onEnd);
    this.listen();
    return layer;
  }

  /**
   * Done when the kernel has taken every byte.
   * @param shown what a person is shown in place of data that hold a password
   */
  async write(data: Uint8Array | string, shown: Uint8Array | string = data): Promise<void> {
    this.trace?.('sent', shown);
    await this.step('write', this.plan.stepLimitMs, (settle) => {
      this.stream.write(data, (error) => (error ? this.trouble(error) : settle(true)));
    });
  }

  /**
   * Reads until `judge` gives something for the bytes that came and were not taken yet; all of it within one limit of
   * time. What `judge` says it took is gone then.
   * @param judge is asked for each piece; `ended` once the server sends no more
   */
  async read<Value>(
    judge: (
      received: Buffer,
      ended: boolean,
    ) => { readonly value: Value; readonly taken: number } | undefined,
    limitBytes = 64 * 1024,
    limitMs = this.plan.stepLimitMs,
  ): Promise<Value> {
    let found: { readonly value: Value; readonly taken: number } | undefined;
    let problem: unknown;
    await this.step('read', limitMs, (settle) => {
      const look = () => {
        try {
          found = judge(this.received, this.ended);
          if (!found && this.ended) throw new CheckFailure(endedText(this.received.length));
          if (!found && this.received.length > limitBytes)
            throw new CheckFailure(`answer of more than ${limitBytes} bytes`);
        } catch (error) {
          problem = error;
        }
        if (!found && !problem) return;
        this.stream.pause();
        settle(true);
      };
      this.onData = look;
      this.stream.resume();
      look();
    });
    this.onData = () => {};
    if (problem) throw problem;
    const result = found as { readonly value: Value; readonly taken: number };
    this.received = this.received.subarray(result.taken);
    return result.value;
  }

  /** Gives each piece that comes to `take` once, until it says true; all of it within one limit of time. */
  async feed(take: (piece: Buffer, ended: boolean) => boolean): Promise<void> {
    let receivedBytes = 0;
    await this.read((received, ended) => {
      receivedBytes += received.length;
      this.received = Buffer.alloc(0);
      if (take(received, ended)) return { value: true, taken: 0 };
      if (ended) throw new CheckFailure(endedText(receivedBytes));
      return undefined;
    });
  }

  /** Something for a person who looks on. */
  note(text: string): void {
    this.trace?.('note', text);
  }

  /** Ends the connection with a reset: no TIME_WAIT here, and no wait for the server's goodbye. */
  reset(): void {
    this.onTrouble = () => {};
    // Node crashes when the socket below TLS goes within a call back of that TLS.
    if (this.stream === this.socket) this.dropSocket();
    else setImmediate(() => this.dropSocket());
  }

  private dropSocket(): void {
    // A reset would wait for a connect that is still under way, for minutes.
    if (this.socket.connecting || this.socket.destroyed) this.socket.destroy();
    // A reset by itself waits for what is still to be written; the end of the socket makes it come at once.
    else this.socket.resetAndDestroy().destroy();
    if (this.stream !== this.socket) this.stream.destroy();
  }

  private onData: () => void = () => {};

  private readonly onEnd = () => {
    this.ended = true;
    this.onData();
  };

  private listen(): void {
    this.stream.on('data', (chunk: Buffer) => {
      this.trace?.('received', chunk);
      this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
      this.onData();
    });
    this.stream.once('end', this.onEnd);
    this.stream.pause();
  }

  private trouble(error: Error): void {
    this.error ??= error;
    this.onTrouble();
  }

  private async step(name: string, limitMs: number, begin: (settle: Settle) => void): Promise<void> {
    const result = await limitStep<true>(limitMs, this.signal, (settle) => {
      this.onTrouble = () => settle(true);
      if (this.error) settle(true);
      else begin(settle);
    });
    this.onTrouble = () => {};
    if (result === 'cancelled') throw new CheckFailure('cancelled');
    if (result === 'timed out') throw new CheckFailure(`${name} timed out`);
    if (this.error) throw systemFailure(`${name} failed`, this.error);
  }
}

function endedText(receivedBytes: number): string {
  return receivedBytes === 0
    ? 'closed without an answer'
    : `closed in mid-answer, after ${receivedBytes} bytes`;
}

/** What the kernel refused, with its name for why. */
export function systemFailure(what: string, error: NodeJS.ErrnoException): CheckFailure {
  return new CheckFailure(`${what}: ${errorText(error)}`, { code: error.code });
}

/** `ECONNREFUSED` and the like; the text where there is no code. One line always. */
export function errorText(error: NodeJS.ErrnoException): string {
  const text = error.code ?? error.message;
  return text.replace(/\s+/g, ' ').trim();
}
