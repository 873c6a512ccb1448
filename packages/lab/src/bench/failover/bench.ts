import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contender, PairName } from './contender.js';
import { FAILOVER_CASES, type FailoverCase } from './events.js';
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
export async function runFailoverBench({ runs, cases }: FailoverOptions): Promise<string> {
  const version = keepalivedVersion();
  const why = obstacle(version);
  if (why !== undefined) return `Failover was SKIPPED: ${why}.`;
  const chosen = FAILOVER_CASES.filter(({ word }) => cases.length === 0 || cases.includes(word));
  const directory = mkdtempSync(join(tmpdir(), 'piranha-failover-'));
  const stage = new FailoverStage();
  const bench = new Bench(stage, directory);
  const onSignal = (): void => void bench.close().finally(() => process.exit(130));
  for (const signal of STOP_SIGNALS) process.once(signal, onSignal);
  try {
    await stage.open();
    const samples = new Map<FailoverCase, FailoverSamples>();
    for (const one of chosen) samples.set(one, await bench.measure(one, runs));
    return failoverReport(samples, version ?? '');
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

  /** Runs of all pairs in turn; each second round goes backwards. A run that does not come up is left out, loudly. */
  async measure(one: FailoverCase, runs: number): Promise<FailoverSamples> {
    const samples = new Map<PairName, FailoverSample[]>(one.pairs.map((name) => [name, []]));
    for (let run = 0; run < runs; run += 1) {
      for (const name of run % 2 === 0 ? one.pairs : one.pairs.toReversed()) {
        try {
          const sample = await this.run(one, name);
          samples.get(name)?.push(sample);
          tell(`${one.word} ${run + 1} ${name}: ${describe(sample)}`);
        } catch (error) {
          tell(`${one.word} ${run + 1} ${name}: LEFT OUT: ${String(error)}`);
        }
      }
    }
    return samples;
  }

  private run(one: FailoverCase, name: PairName): Promise<FailoverSample> {
    this.number += 1;
    const directory = join(this.directory, String(this.number));
    this.current =
      name === 'keepalived'
        ? new KeepalivedPair(this.stage, directory, one.beatMs)
        : new PiranhaPair(name, this.stage, directory, one.beatMs);
    return measureFailover(this.stage, this.current, one);
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
