import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { runMain } from '@piranha/common';
import { runPairMemoryBench } from './pair-memory.js';
import { runStartUpBench } from './start-up.js';
import { runThroughputBench } from './throughput.js';

const SAMPLE = fileURLToPath(new URL('../../../../etc/samples/demo.cf', import.meta.url));

runMain('bench', async () => {
  const [cpu] = cpus();
  process.stdout.write(`Node ${process.version}, ${cpus().length} x ${cpu?.model ?? 'unknown'}\n\n`);
  process.stdout.write(`## Start-up and memory\n${await runStartUpBench(SAMPLE)}\n\n`);
  process.stdout.write(`## Memory of the pair\n${await runPairMemoryBench()}\n\n`);
  process.stdout.write(`## Throughput\n${await runThroughputBench()}\n`);
});
