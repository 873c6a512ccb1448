import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { runMain } from '@piranha/common';
import { runConnectionsBench } from './connections/bench.js';
import { runBusyBench, runFailoverBench, runIdleBench } from './failover/bench.js';
import { BENCH_USAGE, type BenchName, readBenchOptions } from './options.js';
import { runPacketsBench } from './packets/bench.js';
import { runPairMemoryBench } from './pair-memory.js';
import { runProbesBench } from './probes/bench.js';
import { runStartUpBench } from './start-up.js';
import { runTablesBench } from './tables/bench.js';
import { runThroughputBench } from './throughput.js';

const SAMPLE = fileURLToPath(new URL('../../../../etc/samples/demo.cf', import.meta.url));

runMain('bench', async () => {
  const options = readBenchOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(
      `${BENCH_USAGE}\ndocs/benchmarks.md says what each measures, how long it takes and what was found.\n`,
    );
    return;
  }
  const benches: Readonly<Record<BenchName, readonly [title: string, run: () => Promise<string>]>> = {
    'start-up': ['Start-up and memory', () => runStartUpBench(SAMPLE)],
    memory: ['Memory of the pair', runPairMemoryBench],
    throughput: ['Throughput', runThroughputBench],
    failover: ['Failover', () => runFailoverBench(options)],
    idle: ['Pairs at rest', runIdleBench],
    busy: ['Pairs beside busy loops', runBusyBench],
    connections: ['Connections', runConnectionsBench],
    tables: ['Large tables', runTablesBench],
    packets: ['Hostile packets', () => runPacketsBench(options.packets)],
    probes: ['Many checks', runProbesBench],
  };
  const [cpu] = cpus();
  process.stdout.write(`Node ${process.version}, ${cpus().length} x ${cpu?.model ?? 'unknown'}\n`);
  for (const name of options.names) {
    const [title, run] = benches[name];
    process.stdout.write(`\n## ${title}\n${await run()}\n`);
  }
});
