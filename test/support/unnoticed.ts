import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Director } from './director.js';
import type { Pair } from './pair.js';
import { contents, TableSamples } from './table-samples.js';
import type { Traffic } from './traffic.js';

/** Traffic before and after an event, ms. */
const RUN_UP_MS = 200;
const AFTERMATH_MS = 1_000;

/** A pair of which one server is up, one is down and one is drained, and what happens to its active director unnoticed. */
export class UnnoticedPair {
  private traffic: Traffic | undefined;
  private samples: TableSamples | undefined;

  private constructor(
    readonly pair: Pair,
    readonly active: Director,
    readonly standby: Director,
    /** Content of the active director's table. */
    readonly expected: string,
  ) {}

  /** Starts the pair, whose third server has weight 0, and stops its second server. */
  static async start(pair: Pair): Promise<UnnoticedPair> {
    await pair.start();
    const { active, standby } = await pair.settled();
    await pair.stopServer(1);
    const [up, , drained] = pair.layout.servers;
    const expected = `${up} 1, ${drained} 0`;
    for (const director of [active, standby]) {
      await pair.waitFor('the dead server out of both tables', async () => {
        return (await contents(director)) === expected && (await director.lvsd()).ready;
      });
    }
    return new UnnoticedPair(pair, active, standby, expected);
  }

  /** Traffic and looks at the table, which `end` ends; after a moment for both to be under way. */
  async watch(): Promise<{ readonly stream: Traffic; readonly table: TableSamples }> {
    const stream = this.pair.traffic();
    const table = new TableSamples(this.active);
    [this.traffic, this.samples] = [stream, table];
    await pause(RUN_UP_MS);
    return { stream, table };
  }

  /** Lets the traffic go on for a moment, and ends it. */
  async aftermath(): Promise<void> {
    await pause(AFTERMATH_MS);
    await this.traffic?.stop();
  }

  /** Does it under traffic, and looks that nobody has noticed: no client, no table, no partner. */
  async unnoticed(what: () => Promise<unknown>): Promise<void> {
    const before = await this.active.pulse();
    const zeroMs = performance.now();
    const { stream, table } = await this.watch();
    await what();
    await this.aftermath();
    expect(await table.end()).toEqual([this.expected]);
    expect(table.count).toBeGreaterThan(10);
    expect(stream.describe(zeroMs)).toBe('');
    expect(stream.requests).toBeGreaterThan(10);
    await this.unmoved(before.since);
  }

  /** Same holder since the same time, and every server is what it was. */
  async unmoved(since: string): Promise<void> {
    const { pair, active, standby } = this;
    expect(await active.pulse()).toMatchObject({ active: true, since });
    expect((await standby.pulse()).active).toBe(false);
    expect(await pair.holders()).toEqual([active.role]);
    await pair.waitFor('verdicts as before', async () => {
      const { ready, services } = await active.lvsd();
      const health = services[0]?.servers.map((server) => server.health).join(' ');
      return ready && health === 'up down up';
    });
    expect(await contents(active)).toBe(this.expected);
  }

  /** Pid of the nanny of a server of the active director. */
  async nannyPid(server: number): Promise<number> {
    const pid = (await this.active.lvsd()).services[0]?.servers[server]?.nannyPid;
    if (pid === undefined) throw new Error(`server ${server} has no nanny`);
    return pid;
  }

  /** Versions that pulse and lvsd of the active director say. */
  async versions(): Promise<readonly (string | undefined)[]> {
    return [(await this.active.pulse()).version, (await this.active.lvsd()).version];
  }

  /** Ends what a failed test left under way. */
  async end(): Promise<void> {
    await this.traffic?.stop();
    await this.samples?.end();
  }
}
