import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { busyReport } from './busy.js';
import type { Contender, PairName } from './contender.js';
import { FAILOVER_CASES, type FailoverCase } from './events.js';
import { idleReport } from './idle.js';
import { KeepalivedPair, keepalivedVersion } from './keepalived.js';
import { type FailoverSample, measureFailover } from './measure.js';
import { PiranhaPair } from './piranha.js';
import { type FailoverSamples, failoverReport } from './report.js';
import { FailoverStage } from './stage.js';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** What the command line may ask for. */
export interface FailoverOptions {
  /** Runs of each case and pair. */
  readonly runs: number;
  /** Words of the cases; empty: all. */
  readonly cases: readonly string[];
}

/** Why the bench cannot run here; undefined when it can. */
function obstacle(version: string | undefined): string | undefined {
  if (process.getuid?.() !== 0) return 'it needs root, for network namespaces';
  return version === undefined ? 'keepalived is not installed' : undefined;
}

/**
 * Measures how long clients miss the address, Piranha beside keepalived in one run, interleaved, at equal beats and equal
 * rules for a dead partner. Needs root and keepalived.
 * @returns Markdown tables, or one line that says why there are none
 */
export function runFailoverBench({ runs, cases }: FailoverOptions): Promise<string> {
  const chosen = FAILOVER_CASES.filter(({ word }) => cases.length === 0 || cases.includes(word));
  return onStage('Failover', async (bench, version) => {
    const samples = new Map<FailoverCase, FailoverSamples>();
    for (const one of chosen) samples.set(one, await bench.measure(one, runs));
    return failoverReport(samples, version);
  });
}

/** What pairs use while nothing happens, Piranha beside keepalived. Needs root and keepalived. */
export function runIdleBench(): Promise<string> {
  return onStage('Idle', (bench) => bench.idle());
}

/** Whether pairs with short heartbeats stay as they are beside processes that never rest. Needs root and keepalived. */
export function runBusyBench(): Promise<string> {
  return onStage('Busy', (bench) => bench.busy());
}

/** Runs something on the bench's own network; it is removed whatever comes. */
async function onStage(
  title: string,
  work: (bench: Bench, version: string) => Promise<string>,
): Promise<string> {
  const version = keepalivedVersion();
  const why = obstacle(version);
  if (why !== undefined) return `${title} was SKIPPED: ${why}.`;
  const directory = mkdtempSync(join(tmpdir(), 'piranha-failover-'));
  const stage = new FailoverStage();
  const bench = new Bench(stage, directory);
  const onSignal = (): void => void bench.close().finally(() => process.exit(130));
  for (const signal of STOP_SIGNALS) process.once(signal, onSignal);
  try {
    await stage.open();
    return await work(bench, version ?? '');
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
    await bench.close();
  }
}

class Bench {
  private current: Contender | undefined;
  private number = 0;

  constructor(
    private readonly stage: FailoverStage,
    private readonly directory: string,
  ) {}

  /**
   * Runs of all pairs in turn; each second round goes backwards. In a round the event meets all pairs at one phase of the
   * beat, and the rounds spread over it. A run that does not come up is left out, loudly.
   */
  async measure(one: FailoverCase, runs: number): Promise<FailoverSamples> {
    const samples = new Map<PairName, FailoverSample[]>(one.pairs.map((name) => [name, []]));
    for (let run = 0; run < runs; run += 1) {
      for (const name of run % 2 === 0 ? one.pairs : one.pairs.toReversed()) {
        try {
          const sample = await this.run(one, name, (run + 0.5) / runs);
          samples.get(name)?.push(sample);
          tell(`${one.word} ${run + 1} ${name}: ${describe(sample)}`);
        } catch (error) {
          tell(`${one.word} ${run + 1} ${name}: LEFT OUT: ${String(error)}`);
        }
      }
    }
    return samples;
  }

  idle(): Promise<string> {
    return idleReport(this.stage, (name, beatMs) => this.make(name, beatMs));
  }

  busy(): Promise<string> {
    return busyReport(this.stage, (name, beatMs) => this.make(name, beatMs));
  }

  private run(one: FailoverCase, name: PairName, phase: number): Promise<FailoverSample> {
    return measureFailover(this.stage, this.make(name, one.beatMs), one, phase);
  }

  private make(name: PairName, beatMs: number): Contender {
    this.number += 1;
    const directory = join(this.directory, String(this.number));
    this.current =
      name === 'keepalived'
        ? new KeepalivedPair(this.stage, directory, beatMs)
        : new PiranhaPair(name, this.stage, directory, beatMs);
    return this.current;
  }

  /** Ends the pair that runs, and removes everything the bench made. */
  async close(): Promise<void> {
    await this.current?.stop();
    this.current = undefined;
    await this.stage.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function describe({ gapMs, sinceBeatMs, sharedMs, finalHolders }: FailoverSample): string {
  const since = sinceBeatMs === undefined ? '' : ` (${sinceBeatMs.toFixed(1)} since the last beat)`;
  return `gap ${gapMs.toFixed(1)} ms${since}, shared ${sharedMs.toFixed(0)} ms, ${finalHolders} at the end`;
}

/** Progress, beside the tables. */
function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
