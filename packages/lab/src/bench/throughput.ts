import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processorSeconds } from './processor-time.js';
import { markdownTable, median } from './table.js';
import { measureBulk, measureRequests } from './throughput-load.js';
import { type Peer, startHaproxy, startIpvsu, startOrigin } from './throughput-peers.js';

const ROUNDS = 5;
const MEASURE_MS = 2_000;
const WARM_UP_MS = 1_000;

interface Sample {
  readonly requestsPerSecond: number;
  readonly cpuMicrosecondsPerRequest: number;
  readonly megabytesPerSecond: number;
  readonly cpuSecondsPerGigabyte: number;
}

async function sample(peer: Peer): Promise<Sample> {
  const before = processorSeconds(peer.pid);
  const requestsPerSecond = await measureRequests(peer.target, MEASURE_MS);
  const between = processorSeconds(peer.pid);
  const megabytesPerSecond = await measureBulk(peer.target, MEASURE_MS);
  const after = processorSeconds(peer.pid);
  const seconds = MEASURE_MS / 1000;
  return {
    requestsPerSecond,
    cpuMicrosecondsPerRequest: ((between - before) * 1e6) / (requestsPerSecond * seconds),
    megabytesPerSecond,
    cpuSecondsPerGigabyte: ((after - between) * 1000) / (megabytesPerSecond * seconds),
  };
}

/** Median over the rounds, as a number and relative to the reference peer's of the same round. */
function column(samples: readonly Sample[], reference: readonly Sample[] | undefined, name: keyof Sample) {
  const values = samples.map((one) => one[name]);
  const digits = name === 'cpuSecondsPerGigabyte' ? 2 : 0;
  const text = median(values).toFixed(digits);
  if (!reference) return text;
  const ratios = values.map((value, round) => value / (reference[round]?.[name] ?? Number.NaN));
  return `${text} (${median(ratios).toFixed(2)})`;
}

const MEASURES = [
  ['requestsPerSecond', 'requests/s, a connection each'],
  ['cpuMicrosecondsPerRequest', 'CPU µs/request'],
  ['megabytesPerSecond', 'bulk MB/s'],
  ['cpuSecondsPerGigabyte', 'CPU s/GB'],
] as const satisfies readonly (readonly [keyof Sample, string])[];

function report(samples: ReadonlyMap<Peer, readonly Sample[]>, haproxy: Peer | undefined): string {
  const reference = haproxy && samples.get(haproxy);
  const rows = [...samples].map(([{ name }, own]) => [
    name,
    ...MEASURES.map(([measure]) => column(own, name === 'direct' ? undefined : reference, measure)),
  ]);
  const table = markdownTable(['forwarder', ...MEASURES.map(([, title]) => title)], rows);
  const method = `Medians of ${ROUNDS} interleaved rounds of ${MEASURE_MS / 1000} s`;
  if (reference) return `${table}\n${method}; in brackets the ratio to HAProxy with one thread.`;
  return `${table}\n${method}. HAProxy was SKIPPED: it is not installed, so there are no ratios.`;
}

/** Rounds of all peers in turn; each begins with another one, so that none always finds a warmed machine. */
async function measureRounds(peers: readonly Peer[]): Promise<Map<Peer, Sample[]>> {
  const samples = new Map<Peer, Sample[]>(peers.map((peer) => [peer, []]));
  for (const peer of peers) await measureRequests(peer.target, WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let turn = 0; turn < peers.length; turn += 1) {
      const peer = peers[(round + turn) % peers.length];
      if (peer) samples.get(peer)?.push(await sample(peer));
    }
  }
  return samples;
}

/**
 * Measures ipvsu beside HAProxy in TCP mode in one run, their rounds interleaved.
 * @returns a Markdown table: medians, in brackets the median ratio to HAProxy; without HAProxy it says so loudly
 */
export async function runThroughputBench(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'piranha-throughput-'));
  const peers: Peer[] = [];
  try {
    const origin = await startOrigin();
    peers.push(origin);
    peers.push(await startIpvsu(join(directory, 'ipvsu'), origin.target));
    const haproxy = await startHaproxy(directory, origin.target);
    if (haproxy) peers.push(haproxy);
    else process.stderr.write('throughput: SKIPPED HAProxy: it is not installed, so there are no ratios\n');
    return report(await measureRounds(peers), haproxy);
  } finally {
    for (const peer of peers.reverse()) await peer.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
