import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { binaryPath, monotonicNowMs } from '@piranha/common';
import type { Table } from '@piranha/ipvs';
import { ControlClient, runDirectory } from '@piranha/protocol';
import { eventually, freePort } from '../eventually.js';
import { markdownTable, median, percentile } from '../table.js';
import { BenchLvsd } from './lvsd.js';
import { SynWatch } from './syn-watch.js';

const ADDRESS = '127.0.5.1';
const ROUNDS = 50;
const RISE = 2;
/** To ask all the time would keep the director that is to be seen busy. */
const ASK_EVERY_MS = 1;
/** A turn that takes longer has failed, ms. */
const LIMIT_MS = 10_000;

const HEAD = ['nannies', 'what happens', 'times', 'ms until the table has it: median', 'p99', 'max'];

/**
 * How long after a probe the table shows what it found: the one that was refused, and the one that was the last of the
 * rise count. Nanny, lvsd and the userspace director run as they do in service. @returns a Markdown table, or a line
 * that says why there is none
 */
export async function runReactionBench(): Promise<string> {
  if (process.getuid?.() !== 0) return 'Probe to table was SKIPPED: only root sees the probes.';
  const rows: string[][] = [];
  for (const nannyProcesses of [1, 0]) {
    const stage = await ReactionStage.open(nannyProcesses);
    try {
      const [down, up] = await stage.measure();
      const kind = nannyProcesses === 0 ? 'shared' : 'one of its own';
      rows.push(row(kind, 'refused: out', down), row(kind, `passed ${RISE} times: in`, up));
    } finally {
      await stage.close();
    }
  }
  return markdownTable(HEAD, rows);
}

function row(kind: string, event: string, values: readonly number[]): string[] {
  const figures = [median(values), percentile(values, 0.99), Math.max(...values)];
  return [kind, event, String(values.length), ...figures.map((value) => value.toFixed(1))];
}

function lvsCf(port: number, nannyProcesses: number): string {
  return `primary = 127.0.0.2
service = lvs
network = nat
nanny_processes = ${nannyProcesses}
virtual web {
  active = 1
  address = 127.0.5.9 lo:1
  port = ${port}
  scheduler = rr
  timeout = 1
  interval = 0.2
  rise = ${RISE}
  fall = 1
  server one {
    address = ${ADDRESS}
    active = 1
  }
}
`;
}

/** One real server that comes and goes, and all that stands between it and the table. */
class ReactionStage {
  private server: Server = createServer();

  private constructor(
    private readonly port: number,
    private readonly watch: SynWatch,
    private readonly lvsd: BenchLvsd,
    private readonly ipvsu: ChildProcess,
    private readonly table: ControlClient,
  ) {}

  static async open(nannyProcesses: number): Promise<ReactionStage> {
    const port = await freePort(ADDRESS);
    const lvsd = new BenchLvsd(lvsCf(port, nannyProcesses), 'userspace');
    const args = [binaryPath('ipvsu'), '-n', '--run-dir', lvsd.directory];
    const ipvsu = spawn(process.execPath, args, { argv0: 'ipvsu', stdio: 'ignore' });
    const path = runDirectory(lvsd.directory).ipvsuSocket;
    const table = await eventually(() => ControlClient.connect({ path }));
    return new ReactionStage(port, new SynWatch(ADDRESS, port), lvsd, ipvsu, table);
  }

  /** Delays in ms: out of the table, and into it. */
  async measure(): Promise<readonly [down: number[], up: number[]]> {
    const down: number[] = [];
    const up: number[] = [];
    await this.appear();
    await this.tableHolds(true);
    for (let round = 0; round < ROUNDS; round += 1) {
      // Nothing of this keeps step with the probes.
      await wait(Math.random() * 400);
      await closed(this.server);
      const gone = await this.tableHolds(false);
      down.push(gone - (this.watch.connectsMs.at(-1) ?? Number.NaN));
      await this.appear();
      const back = await this.tableHolds(true);
      up.push(back - (this.watch.connectsMs[RISE - 1] ?? Number.NaN));
    }
    return [down, up];
  }

  async close(): Promise<void> {
    this.watch.close();
    this.table.close();
    await this.lvsd.stop();
    this.ipvsu.kill('SIGKILL');
    if (this.server.listening) await closed(this.server);
  }

  private async appear(): Promise<void> {
    this.server = createServer((socket) => socket.on('error', () => undefined).resume());
    this.server.listen(this.port, ADDRESS);
    await once(this.server, 'listening');
    this.watch.clear();
  }

  /** Asks until the table has the real server, or has it no more. @returns when that was, monotonic ms */
  private async tableHolds(wanted: boolean): Promise<number> {
    const endMs = monotonicNowMs() + LIMIT_MS;
    while (monotonicNowMs() < endMs) {
      const { services } = (await this.table.call('table.read')) as Table;
      const holds = services.some(({ servers }) => servers.some(({ weight }) => weight > 0));
      if (holds === wanted) return monotonicNowMs();
      await wait(ASK_EVERY_MS);
    }
    throw new Error(`the real server is not ${wanted ? 'in' : 'out of'} the table after ${LIMIT_MS} ms`);
  }
}

async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
