import { connect, type Socket } from 'node:net';
import {
  CANCELLED,
  type CancelSignal,
  type CheckOutcome,
  type CheckTarget,
  failed,
  lacksDescriptors,
  serverName,
  unmade,
} from '../../check.js';
import type { AnswerJudge } from '../../core/expect.js';
import { beginStep, type StepInterruption } from '../step-limit.js';

type StepResult = { readonly error?: NodeJS.ErrnoException };
type Settle = (result: StepResult) => void;
type Ended = StepResult | StepInterruption;

const WENT_WELL: StepResult = {};

/** One TCP connection of a check. Each step gives the outcome of a failure, or undefined when it went well. */
export class TcpSession {
  private readonly socket: Socket;
  private error: NodeJS.ErrnoException | undefined;
  private onError: () => void = () => {};

  constructor(
    private readonly target: CheckTarget,
    private readonly stepLimitMs: number,
    private readonly signal: CancelSignal,
  ) {
    this.socket = connect({ host: target.address, port: target.port, autoSelectFamily: false });
    // Listens for the whole life of the socket: a reset may come between two steps.
    this.socket.on('error', (error) => {
      this.error = error;
      this.onError();
    });
  }

  /** @param limitMs the limit of this step, where it has one of its own */
  connected(limitMs?: number): Promise<CheckOutcome | undefined> {
    return new Promise((resolve) => this.whenConnected(resolve, limitMs));
  }

  /** The same without a promise, for the check that does nothing else: there may be thousands a second. */
  whenConnected(done: (failure: CheckOutcome | undefined) => void, limitMs = this.stepLimitMs): void {
    this.beginStep(
      limitMs,
      (settle) => this.socket.on('connect', () => settle(WENT_WELL)),
      (result) => done(this.connectFailure(result)),
    );
  }

  private connectFailure(result: Ended): CheckOutcome | undefined {
    if (result === 'cancelled') return CANCELLED;
    if (result === 'timed out') return failed('NANNY_CONNECT_TIMED_OUT', { server: this.server });
    if (result.error === undefined || wasTaken(result.error)) return undefined;
    const { server } = this;
    const error = errorName(result.error);
    return lacksDescriptors(error)
      ? unmade(this.target, error)
      : failed('NANNY_CONNECT_FAILED', { server, error });
  }

  /** Done when the kernel has taken every byte. */
  async send(bytes: Uint8Array): Promise<CheckOutcome | undefined> {
    const { server } = this;
    const result = await this.step((settle) => {
      this.socket.write(bytes, (error) => settle(error ? { error } : WENT_WELL));
    });
    if (result === 'timed out') return failed('NANNY_WRITE_TIMED_OUT', { server });
    if (result === 'cancelled') return CANCELLED;
    return result.error && failed('NANNY_WRITE_FAILED', { server, error: errorName(result.error) });
  }

  /** Reads until the judge has decided, the server ends, the limit of time or of bytes is reached. */
  async expect(judge: AnswerJudge): Promise<CheckOutcome | undefined> {
    const { server } = this;
    const result = await this.step((settle) => {
      this.socket.on('data', (chunk: Buffer) => {
        if (judge.push(chunk) !== 'more' || judge.full) {
          this.socket.pause();
          settle(WENT_WELL);
        }
      });
      this.socket.once('end', () => settle(WENT_WELL));
    });
    if (result === 'cancelled') return CANCELLED;
    const verdict = judge.push(new Uint8Array(0));
    if (verdict === 'match') return undefined;
    if (verdict === 'mismatch') return failed('NANNY_ANSWER_UNEXPECTED', { server });
    if (result === 'timed out' && judge.receivedBytes === 0)
      return failed('NANNY_READ_TIMED_OUT', { server });
    if (result !== 'timed out' && result.error) {
      const { error } = result;
      return failed('NANNY_READ_FAILED', { errno: error.errno ?? 0, error: errorName(error), server });
    }
    const event = judge.shortfall() === 'too short' ? 'NANNY_READ_TOO_SHORT' : 'NANNY_ANSWER_UNEXPECTED';
    return failed(event, { server, receivedBytes: judge.receivedBytes });
  }

  /** Ends the connection with a reset: no TIME_WAIT here, and no wait for the server's goodbye. */
  reset(): void {
    // A reset would wait for a connect that is still under way, for minutes.
    if (this.socket.connecting || this.socket.destroyed) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  /** Ends the connection in order. */
  close(): void {
    this.socket.destroy();
  }

  private get server(): string {
    return serverName(this.target);
  }

  private step(begin: (settle: Settle) => void): Promise<Ended> {
    return new Promise((resolve) => this.beginStep(this.stepLimitMs, begin, resolve));
  }

  private beginStep(limitMs: number, begin: (settle: Settle) => void, done: (result: Ended) => void): void {
    const beginUnlessFailed = (settle: Settle) => {
      this.onError = () => settle({ error: this.error as NodeJS.ErrnoException });
      if (this.error) this.onError();
      else begin(settle);
    };
    beginStep<StepResult>({ limitMs, signal: this.signal }, beginUnlessFailed, done);
  }
}

/**
 * Whether the server took the connection and reset it at once, before this process could look: a connect that is not
 * taken ends by ECONNREFUSED. Without this the verdict would hang on who is faster.
 */
export function wasTaken(error: NodeJS.ErrnoException | undefined): boolean {
  return error?.code === 'ECONNRESET';
}

/** `ECONNREFUSED` and the like; the text where there is no code. */
function errorName(error: NodeJS.ErrnoException): string {
  return error.code ?? error.message;
}
