import { connect, type Socket } from 'node:net';
import {
  type CheckOutcome,
  type CheckTarget,
  failed,
  lacksDescriptors,
  serverName,
  unmade,
} from '../../check.js';
import type { AnswerJudge } from '../../core/expect.js';
import { limitStep } from '../step-limit.js';

type StepResult = { readonly error?: NodeJS.ErrnoException };

const CANCELLED: CheckOutcome = { ok: false, reason: 'cancelled' };

/** One TCP connection of a check. Each step gives the outcome of a failure, or undefined when it went well. */
export class TcpSession {
  private readonly socket: Socket;
  private error: NodeJS.ErrnoException | undefined;
  private onError: () => void = () => {};
  private readonly server: string;

  constructor(
    private readonly target: CheckTarget,
    private readonly stepLimitMs: number,
    private readonly signal: AbortSignal,
  ) {
    this.server = serverName(target);
    this.socket = connect({ host: target.address, port: target.port, autoSelectFamily: false });
    // Listens for the whole life of the socket: a reset may come between two steps.
    this.socket.on('error', (error) => {
      this.error = error;
      this.onError();
    });
  }

  /** @param limitMs the limit of this step, where it has one of its own */
  async connected(limitMs = this.stepLimitMs): Promise<CheckOutcome | undefined> {
    const { server } = this;
    const result = await this.step((settle) => this.socket.once('connect', () => settle({})), limitMs);
    if (result === 'timed out') return failed('NANNY_CONNECT_TIMED_OUT', { server });
    if (result === 'cancelled') return CANCELLED;
    if (result.error === undefined || wasTaken(result.error)) return undefined;
    const error = errorName(result.error);
    return lacksDescriptors(error)
      ? unmade(this.target, error)
      : failed('NANNY_CONNECT_FAILED', { server, error });
  }

  /** Done when the kernel has taken every byte. */
  async send(bytes: Uint8Array): Promise<CheckOutcome | undefined> {
    const { server } = this;
    const result = await this.step((settle) => {
      this.socket.write(bytes, (error) => settle(error ? { error } : {}));
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
          settle({});
        }
      });
      this.socket.once('end', () => settle({}));
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

  private step(begin: (settle: (result: StepResult) => void) => void, limitMs = this.stepLimitMs) {
    return limitStep<StepResult>(limitMs, this.signal, (settle) => {
      this.onError = () => settle({ error: this.error as NodeJS.ErrnoException });
      if (this.error) this.onError();
      else begin(settle);
    });
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
