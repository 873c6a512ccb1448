import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BinaryName, binaryPath, monotonicNowMs } from '@piranha/common';
import { ControlClient, runDirectory } from '@piranha/protocol';
import { privateMemoryBytes, residentMemoryBytes } from './memory.js';
import { markdownTable, median } from './table.js';

const RUNS = 7;
const LIMIT_MS = 20_000;
/** Memory is read when a process has settled, ms after it answered. */
const SETTLE_MS = 1_500;

interface Sample {
  readonly startMs: number;
  readonly privateBytes: number;
  readonly residentBytes: number;
}

/** Starts each daemon several times, one after the other, and tells when it answers and what it uses then. */
export async function runStartUpBench(configFile: string): Promise<string> {
  const empty = await measure(RUNS, () => emptyNode());
  const ipvsu = await measure(RUNS, (directory) => ipvsuStart(directory));
  const lvsd = await measure(RUNS, (directory) => lvsdStart(directory, configFile));
  const nanny = await measure(RUNS, () => nannyStart());
  const row = (name: string, samples: readonly Sample[]): string[] => [
    name,
    median(samples.map(({ startMs }) => startMs)).toFixed(0),
    megabytes(median(samples.map(({ privateBytes }) => privateBytes))),
    megabytes(median(samples.map(({ residentBytes }) => residentBytes))),
  ];
  return markdownTable(
    ['process', 'start to answer, ms', 'private memory, MB', 'resident, MB'],
    [
      row('an empty Node process', empty),
      row('ipvsu', ipvsu),
      row('lvsd (no service up yet)', lvsd),
      row('nanny (start to first verdict)', nanny),
    ],
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}

async function measure(runs: number, start: (directory: string) => Promise<Sample>): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (let run = 0; run < runs; run += 1) {
    const directory = mkdtempSync(join(tmpdir(), 'piranha-bench-'));
    samples.push(await start(directory).finally(() => rmSync(directory, { recursive: true, force: true })));
  }
  return samples;
}

function launch(name: BinaryName, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [binaryPath(name), ...args], {
    argv0: name,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** Time from spawn until `answered` holds, then memory, then a clean end. */
async function sample(child: ChildProcess, answered: () => Promise<boolean>): Promise<Sample> {
  const startedAtMs = monotonicNowMs();
  try {
    while (!(await answered())) {
      if (monotonicNowMs() - startedAtMs > LIMIT_MS) throw new Error(`${child.spawnfile} did not answer`);
      await pause(2);
    }
    const startMs = monotonicNowMs() - startedAtMs;
    await pause(SETTLE_MS);
    const pid = child.pid ?? 0;
    return { startMs, privateBytes: privateMemoryBytes(pid), residentBytes: residentMemoryBytes(pid) };
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

function printed(child: ChildProcess, text: string): () => Promise<boolean> {
  let seen = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    seen = (seen + chunk.toString()).slice(-4_096);
  });
  return async () => seen.includes(text);
}

function answers(path: string): () => Promise<boolean> {
  return async () => {
    try {
      (await ControlClient.connect({ path })).close();
      return true;
    } catch {
      return false;
    }
  };
}

function emptyNode(): Promise<Sample> {
  const script = "console.log('up'); setInterval(() => undefined, 1000)";
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  return sample(child, printed(child, 'up'));
}

function ipvsuStart(directory: string): Promise<Sample> {
  return sample(
    launch('ipvsu', ['-n', '--run-dir', directory]),
    answers(runDirectory(directory).ipvsuSocket),
  );
}

function lvsdStart(directory: string, configFile: string): Promise<Sample> {
  const args = ['-n', '-c', configFile, '--run-dir', directory, '--director', 'memory'];
  return sample(launch('lvsd', args), answers(runDirectory(directory).lvsdSocket));
}

async function nannyStart(): Promise<Sample> {
  const server = createServer((socket) => {
    // nanny ends a bare check with a reset.
    socket.on('error', () => undefined);
    socket.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const args = [
    '-h',
    '127.0.0.1',
    '-p',
    '81',
    '-r',
    String(port),
    '-V',
    '127.0.0.1',
    '-t',
    '1',
    '-n',
    '--lvs',
  ];
  const child = launch('nanny', args);
  return sample(child, printed(child, '[ active ] making')).finally(() => server.close());
}
