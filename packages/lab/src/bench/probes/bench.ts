import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { monotonicNowMs } from '@piranha/common';
import type { LvsdStatus } from '@piranha/protocol';
import { privateMemoryBytes, residentMemoryBytes } from '../memory.js';
import { markdownTable } from '../table.js';
import { BenchLvsd, processorSeconds } from './lvsd.js';
import type { ProbesShape } from './shape.js';

const TARGET = fileURLToPath(new URL('./target.js', import.meta.url));
const MEASURED_MS = 30_000;
/** Lateness is told of the last half to whole minute; the start is not to be in it, ms. */
const SETTLE_MS = 35_000;

const STEADY: readonly ProbesShape[] = [
  { services: 1_000, nannyProcesses: 0 },
  { services: 10_000, nannyProcesses: 0 },
];
const STARTS: readonly ProbesShape[] = [
  { services: 200, nannyProcesses: 200 },
  { services: 200, nannyProcesses: 0 },
];

/** Checks of many real services, each once a second on loopback. @returns two Markdown tables */
export async function runProbesBench(): Promise<string> {
  const target = fork(TARGET, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const [port] = (await once(target, 'message')) as [number];
    const steady: string[][] = [];
    for (const shape of STEADY) steady.push(await measured(shape, port, target));
    const starts: string[][] = [];
    for (const shape of STARTS) starts.push(await started(shape, port));
    return [markdownTable(STEADY_HEAD, steady), markdownTable(STARTS_HEAD, starts)].join('\n\n');
  } finally {
    target.kill('SIGKILL');
  }
}

const STEADY_HEAD = [
  'real services, each once a second',
  'shared nannies',
  'checks a second',
  'their processor time, % of one',
  'µs a check',
  'their private memory, MB',
  'resident, MB',
  'checks begin late, ms: p50',
  'p99',
  'max',
  'between two checks, ms: p50',
  'p99',
  "lvsd's processor time, %",
  'its private memory, MB',
  'the real servers, %',
];

async function measured(shape: ProbesShape, port: number, target: ChildProcess): Promise<string[]> {
  const lvsd = new BenchLvsd(shape, port);
  try {
    const readyMs = await lvsd.ready();
    process.stderr.write(`${shape.services} real services: ready after ${(readyMs / 1_000).toFixed(1)} s\n`);
    await wait(SETTLE_MS);
    const before = reading(await lvsd.status(), lvsd.pid, target);
    await wait(MEASURED_MS);
    const status = await lvsd.status();
    const after = reading(status, lvsd.pid, target);
    const seconds = (after.atMs - before.atMs) / 1_000;
    const share = (name: 'nannies' | 'lvsd' | 'target') =>
      (((after[name] - before[name]) / seconds) * 100).toFixed(0);
    const checks = after.begun - before.begun;
    const loads = (status.sharedNannies ?? []).map(({ load }) => load);
    const worst = (kind: 'lateness' | 'interval', figure: 'p50Ms' | 'p99Ms' | 'maxMs') =>
      Math.max(...loads.map((load) => load?.[kind]?.[figure] ?? Number.NaN)).toFixed(1);
    return [
      String(shape.services),
      String(loads.length),
      (checks / seconds).toFixed(0),
      share('nannies'),
      (((after.nannies - before.nannies) / checks) * 1_000_000).toFixed(0),
      megabytes(after.pids, privateMemoryBytes),
      megabytes(after.pids, residentMemoryBytes),
      worst('lateness', 'p50Ms'),
      worst('lateness', 'p99Ms'),
      worst('lateness', 'maxMs'),
      worst('interval', 'p50Ms'),
      worst('interval', 'p99Ms'),
      share('lvsd'),
      megabytes([lvsd.pid], privateMemoryBytes),
      share('target'),
    ];
  } finally {
    await lvsd.stop();
  }
}

function reading(status: LvsdStatus, lvsd: number, target: ChildProcess) {
  const nannies = status.sharedNannies ?? [];
  const pids = nannies.map(({ pid }) => pid ?? 0);
  return {
    atMs: monotonicNowMs(),
    pids,
    nannies: processorSeconds(pids),
    lvsd: processorSeconds([lvsd]),
    target: processorSeconds([target.pid ?? 0]),
    begun: nannies.reduce((total, { load }) => total + (load?.begun ?? 0), 0),
  };
}

const STARTS_HEAD = [
  'real services',
  'nannies',
  "from lvsd's start to all first verdicts, s",
  'private memory of all, MB',
];

async function started(shape: ProbesShape, port: number): Promise<string[]> {
  const lvsd = new BenchLvsd(shape, port);
  try {
    const readyMs = await lvsd.ready();
    const { services } = await lvsd.status();
    const pids = services.flatMap(({ servers }) => servers.map(({ nannyPid }) => nannyPid ?? 0));
    const different = [...new Set(pids)];
    const memory = megabytes(different, privateMemoryBytes);
    return [String(shape.services), String(different.length), (readyMs / 1_000).toFixed(1), memory];
  } finally {
    await lvsd.stop();
  }
}

function megabytes(pids: readonly number[], memoryOf: (pid: number) => number): string {
  const bytes = pids.reduce((total, pid) => total + memoryOf(pid), 0);
  return (bytes / 1024 / 1024).toFixed(0);
}
