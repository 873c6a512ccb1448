import { get } from 'node:http';

const INTERVAL_MS = 20;
const REQUEST_LIMIT_MS = 2_000;

interface TrafficTarget {
  readonly host: string;
  readonly port: number;
  /** A refused connect may be tried once more, as any client does at a planned handover. */
  readonly retryRefused?: boolean;
}

interface FailedRequest {
  /** Begin and end on performance.now(), ms. */
  readonly begunAtMs: number;
  readonly endedAtMs: number;
  readonly problem: string;
}

/** A steady stream of requests, each on a connection of its own, with a ledger of what failed and when. */
export class Traffic {
  readonly failures: FailedRequest[] = [];
  /** When successful requests began, ms. */
  readonly successes: number[] = [];
  refusedAndRetried = 0;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly target: TrafficTarget) {
    this.timer = setInterval(() => this.begin(), INTERVAL_MS);
  }

  get requests(): number {
    return this.failures.length + this.successes.length;
  }

  /** Begins no more requests and waits for those under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.inFlight);
  }

  /** Begin of the first successful request that began at or after a time. */
  firstSuccessSince(sinceMs: number): number | undefined {
    const later = this.successes.filter((begunAtMs) => begunAtMs >= sinceMs);
    return later.length === 0 ? undefined : Math.min(...later);
  }

  /** The ledger as text, times relative to a moment. */
  describe(zeroMs: number): string {
    const at = (ms: number) => `${Math.round(ms - zeroMs)} ms`;
    return this.failures
      .slice(0, 20)
      .map(({ begunAtMs, endedAtMs, problem }) => `${at(begunAtMs)} to ${at(endedAtMs)}: ${problem}`)
      .join('\n');
  }

  private begin(): void {
    const request = this.run().finally(() => this.inFlight.delete(request));
    this.inFlight.add(request);
  }

  private async run(): Promise<void> {
    const begunAtMs = performance.now();
    try {
      await this.attempt();
      this.successes.push(begunAtMs);
    } catch (error) {
      this.failures.push({ begunAtMs, endedAtMs: performance.now(), problem: problemOf(error) });
    }
  }

  private async attempt(): Promise<void> {
    try {
      await request(this.target);
    } catch (error) {
      if (this.target.retryRefused !== true || problemOf(error) !== 'ECONNREFUSED') throw error;
      this.refusedAndRetried += 1;
      await request(this.target);
    }
  }
}

/** One request on a connection of its own; resolves with the body of a complete answer 200. */
export function request({ host, port }: TrafficTarget): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = get({ host, port, path: '/', agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200 && response.complete && body !== '') resolve(body);
        else reject(new Error(`status ${response.statusCode}, ${body.length} characters`));
      });
    });
    const timer = setTimeout(
      () => outgoing.destroy(new Error(`no answer in ${REQUEST_LIMIT_MS} ms`)),
      REQUEST_LIMIT_MS,
    );
    outgoing.on('error', reject);
    outgoing.on('close', () => {
      clearTimeout(timer);
      reject(new Error('connection closed before the answer was complete'));
    });
  });
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error as NodeJS.ErrnoException).code ?? error.message;
}
