import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { monotonicNowMs } from '@piranha/common';
import type { LvsdStatus } from '@piranha/protocol';
import { privateMemoryBytes, residentMemoryBytes } from '../memory.js';
import { processorSeconds } from '../processor-time.js';
import { sumOf } from '../sum-of.js';
import { markdownTable } from '../table.js';
import type { BareFigures } from './bare.js';
import { runLabProbesBench, runLabReactionBench } from './lab-bench.js';
import { BenchLvsd } from './lvsd.js';
import { runReactionBench } from './reaction.js';
import { lvsCf, type ProbesShape } from './shape.js';

const BARE = fileURLToPath(new URL('./bare.js', import.meta.url));
const BARE_SETTLE_MS = 5_000;
const TARGET = fileURLToPath(new URL('./target.js', import.meta.url));
const MEASURED_MS = 30_000;
/** Lateness is told of the last half to whole minute; the start is not to be in it, ms. */
const SETTLE_MS = 65_000;

const STEADY: readonly ProbesShape[] = [
  { services: 1_000, nannyProcesses: 0 },
  { services: 10_000, nannyProcesses: 0 },
];
const STARTS: readonly ProbesShape[] = [
  { services: 200, nannyProcesses: 200 },
  { services: 200, nannyProcesses: 0 },
];

/** Checks of many real services, each once a second on loopback. @returns five Markdown tables */
export async function runProbesBench(): Promise<string> {
  const target = fork(TARGET, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const [port] = (await once(target, 'message')) as [number];
    const steady: string[][] = [];
    for (const shape of STEADY) {
      steady.push(await bare(shape, port), await measured(shape, port, target));
    }
    const starts: string[][] = [];
    for (const shape of STARTS) starts.push(await started(shape, port));
    const tables = [markdownTable(STEADY_HEAD, steady), markdownTable(STARTS_HEAD, starts)];
    const reactions = [await runReactionBench(), await runLabReactionBench()];
    return [...tables, ...reactions, await runLabProbesBench()].join('\n\n');
  } finally {
    target.kill('SIGKILL');
  }
}

const STEADY_HEAD = [
  'real services, each once a second',
  'checked by',
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
  const lvsd = new BenchLvsd(lvsCf(shape, port), 'memory');
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
      loads.length === 1 ? 'a shared nanny' : `${loads.length} shared nannies`,
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

/** The least that Node needs for it: a process that connects and resets, and knows nothing. */
async function bare({ services }: ProbesShape, port: number): Promise<string[]> {
  const words = [services, port, BARE_SETTLE_MS, MEASURED_MS].map(String);
  const child = fork(BARE, words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const memory: Promise<string[]> = wait(BARE_SETTLE_MS + MEASURED_MS / 2).then(() =>
    [privateMemoryBytes, residentMemoryBytes].map((memoryOf) => megabytes([child.pid ?? 0], memoryOf)),
  );
  const [figures] = (await once(child, 'message')) as [BareFigures];
  const { connects, seconds, processorSeconds: used, lateP50Ms, lateP99Ms, lateMaxMs } = figures;
  return [
    String(services),
    'bare connects',
    (connects / seconds).toFixed(0),
    ((used / seconds) * 100).toFixed(0),
    ((used / connects) * 1_000_000).toFixed(0),
    ...(await memory),
    ...[lateP50Ms, lateP99Ms, lateMaxMs].map((value) => value.toFixed(1)),
    ...Array.from({ length: 5 }, () => ''),
  ];
}

function reading(status: LvsdStatus, lvsd: number, target: ChildProcess) {
  const nannies = status.sharedNannies ?? [];
  const pids = nannies.map(({ pid }) => pid ?? 0);
  return {
    atMs: monotonicNowMs(),
    pids,
    nannies: sumOf(pids, processorSeconds),
    lvsd: processorSeconds(lvsd),
    target: processorSeconds(target.pid ?? 0),
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
  const lvsd = new BenchLvsd(lvsCf(shape, port), 'memory');
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
  return (sumOf(pids, memoryOf) / 1024 / 1024).toFixed(0);
}
