import { spawn } from 'node:child_process';
import { binaryPath } from '@piranha/common';
import type { Table } from '@piranha/ipvs';
import { ControlClient, runDirectory } from '@piranha/protocol';
import { eventually, freePort } from '../eventually.js';
import { markdownTable, median, percentile } from '../table.js';
import { BenchLvsd } from './lvsd.js';
import { ReactionStage, type Reactions, RISE } from './reaction-stage.js';

const ADDRESS = '127.0.5.1';
const ROUNDS = 50;
const ASK_EVERY_MS = 1;

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
    const { stage, close } = await openUserspace(nannyProcesses);
    try {
      await stage.open();
      const reactions = await stage.measure(ROUNDS);
      rows.push(...reactionRows(nannyProcesses === 0 ? 'shared' : 'one of its own', reactions));
    } finally {
      await close();
    }
  }
  return markdownTable(HEAD, rows);
}

/** A row for each direction. @param kind what was measured */
export function reactionRows(kind: string, { down, up, rise }: Reactions): string[][] {
  const row = (event: string, values: readonly number[]): string[] => {
    const figures = [median(values), percentile(values, 0.99), Math.max(...values)];
    return [kind, event, String(values.length), ...figures.map((value) => value.toFixed(1))];
  };
  return [row('refused: out', down), row(rise === 1 ? 'passed once: in' : `passed ${rise} times: in`, up)];
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

/** A stage with the userspace director: how it is measured, and its end. */
async function openUserspace(nannyProcesses: number) {
  const port = await freePort(ADDRESS);
  const lvsd = new BenchLvsd(lvsCf(port, nannyProcesses), 'userspace');
  const args = [binaryPath('ipvsu'), '-n', '--run-dir', lvsd.directory];
  const ipvsu = spawn(process.execPath, args, { argv0: 'ipvsu', stdio: 'ignore' });
  const path = runDirectory(lvsd.directory).ipvsuSocket;
  const table = await eventually(() => ControlClient.connect({ path }));
  const holds = async () => {
    const { services } = (await table.call('table.read')) as Table;
    return services.some(({ servers }) => servers.some(({ weight }) => weight > 0));
  };
  const stage = new ReactionStage(ADDRESS, port, holds, ASK_EVERY_MS);
  const close = async () => {
    table.close();
    await lvsd.stop();
    ipvsu.kill('SIGKILL');
    await stage.close();
  };
  return { stage, close };
}
