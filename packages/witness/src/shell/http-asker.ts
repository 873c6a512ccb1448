import { type ClientRequest, request } from 'node:http';
import type { Asker, Told } from './asker.js';

const HEADER_LIMIT_BYTES = 8_192;

interface HttpTarget {
  readonly address: string;
  readonly port: number;
  readonly path: string;
}

/** Asks by a GET of its own connection. The status answers: 2xx or 3xx; nothing of a body is read. */
export class HttpAsker implements Asker {
  private request: ClientRequest | undefined;

  constructor(
    private readonly target: HttpTarget,
    private readonly told: Told,
  ) {}

  ask(sentMs: number): void {
    const { address, port, path } = this.target;
    const asked = request({
      host: address,
      port,
      path,
      agent: false,
      maxHeaderSize: HEADER_LIMIT_BYTES,
      headers: { 'user-agent': 'piranha-witness', connection: 'close' },
    });
    this.request = asked;
    const end = (problem: string | undefined): void => {
      if (this.request !== asked) return;
      this.giveUp();
      if (problem === undefined) this.told.answered(sentMs);
      else this.told.failed(sentMs, problem);
    };
    asked.on('response', ({ statusCode = 0 }) => {
      end(statusCode >= 200 && statusCode < 400 ? undefined : `status ${statusCode}`);
    });
    asked.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    asked.end();
  }

  giveUp(): void {
    const asked = this.request;
    this.request = undefined;
    asked?.destroy();
  }

  close(): void {
    this.giveUp();
  }
}
