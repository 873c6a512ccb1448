import { get } from 'node:http';
import { monotonicNowMs } from '@piranha/common';
import type { LedgerEntry, RequestOutcome } from '../core/ledger.js';

/** A request that has no answer after this is broken, ms. */
const ANSWER_LIMIT_MS = 4_000;

export interface LoadOptions {
  readonly host: string;
  readonly port: number;
  readonly requestsPerSecond: number;
  /** Every so many requests one asks for a slow answer, so that connections are open when things happen. */
  readonly slowEach: number;
  readonly slowMs: number;
}

/** Steady requests through the VIP, each on a new connection, written down one by one. */
export class Load {
  readonly entries: LedgerEntry[] = [];
  /** While true, a refused connect is tried once more, as clients do. */
  retryRefused = false;
  retried = 0;
  private timer: NodeJS.Timeout | undefined;
  private begun = 0;
  private readonly open = new Set<Promise<void>>();

  constructor(private readonly options: LoadOptions) {}

  start(): void {
    const startedAtMs = monotonicNowMs();
    const { requestsPerSecond } = this.options;
    // Catches up after a late timer: the rate holds on a busy machine.
    this.timer = setInterval(() => {
      const due = ((monotonicNowMs() - startedAtMs) * requestsPerSecond) / 1_000;
      while (this.begun < due) this.begin();
    }, 1_000 / requestsPerSecond);
  }

  /** Stops, and waits for the requests under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.open);
  }

  private begin(): void {
    this.begun += 1;
    const slow = this.begun % this.options.slowEach === 0;
    const run = this.request(slow ? `/slow?ms=${this.options.slowMs}` : '/');
    this.open.add(run);
    void run.finally(() => this.open.delete(run));
  }

  private async request(path: string): Promise<void> {
    const begunMs = monotonicNowMs();
    let outcome = await this.attempt(path);
    if (outcome.type === 'refused' && this.retryRefused) {
      this.retried += 1;
      outcome = await this.attempt(path);
    }
    this.entries.push({ begunMs, endedMs: monotonicNowMs(), outcome });
  }

  private attempt(path: string): Promise<RequestOutcome> {
    const { host, port } = this.options;
    return new Promise((resolve) => {
      const request = get({ host, port, path, agent: false, timeout: ANSWER_LIMIT_MS }, (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('error', (error) => resolve({ type: 'broken', reason: error.message }));
        response.on('end', () => {
          const server = body.trim();
          if (response.statusCode === 200 && server !== '') resolve({ type: 'completed', server });
          else resolve({ type: 'broken', reason: `status ${response.statusCode}` });
        });
      });
      request.on('timeout', () => request.destroy(new Error('no answer in time')));
      request.on('error', (error: NodeJS.ErrnoException) => {
        resolve(
          error.code === 'ECONNREFUSED' ? { type: 'refused' } : { type: 'broken', reason: error.message },
        );
      });
    });
  }
}
