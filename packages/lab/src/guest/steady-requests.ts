import { setTimeout as pause } from 'node:timers/promises';
import { errorText } from '@piranha/common';
import type { Namespace } from './namespace.js';
import { get } from './requests.js';

const BETWEEN_MS = 20;
/** A lost SYN comes again after 1 s, 3 s and 7 s: only what never succeeds is a failure. */
const LIMIT_MS = 30_000;

/** A client that asks again and again, each time on a new connection. */
export class SteadyRequests {
  private isOver = false;
  private readonly failures: string[] = [];
  private count = 0;
  private readonly work: Promise<void>;

  constructor(
    private readonly client: Namespace,
    private readonly address: string,
  ) {
    this.work = this.ask();
  }

  /** Ends it; how many requests there were, and what became of those that failed. */
  async end(): Promise<{ readonly requests: number; readonly failures: readonly string[] }> {
    this.isOver = true;
    await this.work;
    return { requests: this.count, failures: this.failures };
  }

  private async ask(): Promise<void> {
    for (; !this.isOver; await pause(BETWEEN_MS)) {
      this.count += 1;
      await get(this.client, this.address, 80, LIMIT_MS).catch((error: unknown) => {
        this.failures.push(errorText(error));
      });
    }
  }
}
