import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { monotonicNowMs, signalProcess } from '@piranha/common';
import type { ScenarioGroup, SharedLab } from '../../guest/group.js';
import { until } from '../../guest/requests.js';
import type { TableContender } from './contender.js';
import { connectToEach, isLoaded, makeNetwork, rememberedServers } from './kernel-table.js';
import { KEEPALIVED, LDIRECTORD, PeerTable } from './peer.js';
import { PiranhaTable } from './piranha.js';
import { SERVICES, shape } from './shape.js';

const LIMIT_MS = 700_000;
const POLL_MS = 200;
const TRACE = '/run/trace';
const SETTLE_MS = 2_000;

/** What a product did to the table. */
export interface TableFigures {
  /** Until every entry is as it should be. */
  readonly durationMs: number;
  /** Programs that it started, and its messages to IPVS that change something or ask, where they were counted. */
  readonly programs?: number;
  readonly changes?: number;
  readonly questions?: number;
  /** Entries beside the changed one that forgot their connections. */
  readonly madeAnew?: number;
}

interface TableLab extends SharedLab {
  readonly contender: TableContender;
}

async function timed(contender: TableContender, weight: number, act: () => Promise<void>): Promise<number> {
  contender.configure(weight);
  const startedAtMs = monotonicNowMs();
  await act();
  await until('the whole table', () => isLoaded(weight), LIMIT_MS, POLL_MS);
  return Math.round(monotonicNowMs() - startedAtMs);
}

/** Notes calls of processes and of what they start, until it is interrupted. */
async function trace(pids: readonly number[]): Promise<ChildProcess> {
  const words = ['-f', '-qq', '-yy', '-v', '-s', '4', '-xx', '-e', 'trace=execve,sendto,sendmsg'];
  const attach = pids.flatMap((pid) => ['-p', String(pid)]);
  const child = spawn('strace', [...words, '-o', TRACE, ...attach], { stdio: 'ignore' });
  await until('the trace', () => existsSync(TRACE));
  await pause(SETTLE_MS);
  return child;
}

/** IPVS's requests by generic netlink that only ask: for services, servers, daemons, settings, and what it is. */
const ASKING = new Set([4, 8, 11, 13, 15]);
/** The controller of generic netlink, which tells the number of IPVS. */
const CONTROLLER = '0x10';

/** What the trace holds: messages to IPVS, and programs that were started. */
function counted(): Pick<TableFigures, 'programs' | 'changes' | 'questions'> {
  const lines = readFileSync(TRACE, 'utf8').split('\n');
  const requests = lines.flatMap((line) => {
    const found = /<NETLINK:.*nlmsg_type=(0x[0-9a-f]+).*?\}, "\\x([0-9a-f]{2})/.exec(line);
    return found === null || found[1] === CONTROLLER ? [] : [Number.parseInt(found[2] ?? '', 16)];
  });
  const questions = requests.filter((request) => ASKING.has(request)).length;
  return {
    programs: lines.filter((line) => line.includes('execve(') && line.endsWith('= 0')).length,
    changes: requests.length - questions,
    questions,
  };
}

/** @throws Error where what went before did not end */
function requireTable(weight: number): void {
  if (!isLoaded(weight)) throw new Error('the table is not loaded');
}

/** The group that measures a product; its scenarios give `TableFigures` each. */
function tableGroup(
  product: string,
  open: () => TableContender,
  needs: Readonly<Record<string, string>>,
): ScenarioGroup<TableLab> {
  return {
    name: `tables-${product.toLowerCase()}`,
    title: `${product} and a large table`,
    needs: { ...needs, strace: 'strace' },
    open: async () => {
      makeNetwork();
      // A program that is traced takes its time.
      process.env.PIRANHA_PATIENCE = '20';
      const contender = open();
      return { contender, lastLines: () => contender.lastLines(), close: async () => undefined };
    },
    scenarios: {
      'loads the table': async ({ contender }) => {
        const durationMs = await timed(contender, 2, () => contender.load());
        return JSON.stringify({ durationMs } satisfies TableFigures);
      },
      'one weight changed': async ({ contender }) => {
        requireTable(2);
        await connectToEach(shape(2));
        const before = rememberedServers();
        if (before !== SERVICES) throw new Error(`${before} servers have a connection`);
        const durationMs = await timed(contender, 5, () => contender.reload());
        await pause(SETTLE_MS);
        const madeAnew = before - rememberedServers();
        return JSON.stringify({ durationMs, madeAnew } satisfies TableFigures);
      },
      'one weight changed, calls counted': async ({ contender }) => {
        requireTable(5);
        const tracing = await trace(contender.pids());
        const durationMs = await timed(contender, 3, () => contender.reload());
        await pause(SETTLE_MS);
        const ended = once(tracing, 'exit');
        signalProcess(tracing.pid ?? 0, 'SIGINT');
        await ended;
        return JSON.stringify({ durationMs, ...counted() } satisfies TableFigures);
      },
    },
  };
}

/** Products in the order of the report; each is measured in a lab kernel of its own. */
export const TABLE_GROUPS = [
  { product: 'Piranha', group: tableGroup('Piranha', () => new PiranhaTable(), {}) },
  {
    product: 'keepalived',
    group: tableGroup('keepalived', () => new PeerTable(KEEPALIVED), { keepalived: 'keepalived' }),
  },
  {
    product: 'ldirectord',
    group: tableGroup('ldirectord', () => new PeerTable(LDIRECTORD), { ldirectord: 'ldirectord' }),
  },
];
