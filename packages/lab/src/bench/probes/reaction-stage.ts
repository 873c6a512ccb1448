import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { monotonicNowMs } from '@piranha/common';
import { SynWatch } from './syn-watch.js';

/** Good checks in a row until the real server is back, where the product counts them. */
export const RISE = 2;
/** A turn that takes longer has failed, ms. */
const LIMIT_MS = 10_000;

/** Delays in ms: from the connect that was refused to the end of the entry, from the last good one to its return. */
export interface Reactions {
  readonly down: readonly number[];
  readonly up: readonly number[];
  readonly rise: number;
}

/** A real server that comes and goes while somebody checks it, and the table that is to show it. */
export class ReactionStage {
  private server: Server = createServer();
  private readonly watch: SynWatch;

  /**
   * @param holds whether the table has the real server now, with a weight
   * @param askEveryMs wait after each answer: to ask all the time would keep the director that is to be seen busy
   */
  constructor(
    private readonly address: string,
    private readonly port: number,
    private readonly holds: () => Promise<boolean>,
    private readonly askEveryMs: number,
  ) {
    this.watch = new SynWatch(address, port);
  }

  /** Lets it come, and waits until the table has it. */
  async open(limitMs = LIMIT_MS): Promise<void> {
    await this.appear();
    await this.tableHolds(true, limitMs);
  }

  /** @param rise good checks in a row until the real server is back */
  async measure(rounds: number, rise = RISE): Promise<Reactions> {
    const down: number[] = [];
    const up: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      // Nothing of this keeps step with the probes.
      await wait(Math.random() * 400);
      await closed(this.server);
      const gone = await this.tableHolds(false);
      down.push(gone - (this.watch.connectsMs.at(-1) ?? Number.NaN));
      await this.appear();
      const back = await this.tableHolds(true);
      up.push(back - (this.watch.connectsMs[rise - 1] ?? Number.NaN));
    }
    return { down, up, rise };
  }

  async close(): Promise<void> {
    this.watch.close();
    if (this.server.listening) await closed(this.server);
  }

  private async appear(): Promise<void> {
    this.server = createServer((socket) => socket.on('error', () => undefined).resume());
    this.server.listen(this.port, this.address);
    await once(this.server, 'listening');
    this.watch.clear();
  }

  /** Asks until the table has the real server, or has it no more. @returns when that was, monotonic ms */
  private async tableHolds(wanted: boolean, limitMs = LIMIT_MS): Promise<number> {
    const endMs = monotonicNowMs() + limitMs;
    while (monotonicNowMs() < endMs) {
      if ((await this.holds()) === wanted) return monotonicNowMs();
      await wait(this.askEveryMs);
    }
    throw new Error(`the real server is not ${wanted ? 'in' : 'out of'} the table after ${limitMs} ms`);
  }
}

async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
