import { readFileSync } from 'node:fs';
import { processesOf } from '../demo/processes.js';
import { Stage, serverStatus, until } from '../demo/stage.js';
import { privateMemoryBytes, residentMemoryBytes } from './memory.js';
import { markdownTable } from './table.js';

const SERVING_LIMIT_MS = 30_000;
/** Node gives start-up memory back late. */
const SETTLE_MS = 15_000;

interface Usage {
  readonly count: number;
  readonly privateBytes: number;
  readonly residentBytes: number;
}

/** Runs the demo pair (two directors, three real servers) without load and tells what each kind of process uses. */
export async function runPairMemoryBench(): Promise<string> {
  const stage = await Stage.prepare(() => undefined);
  try {
    stage.start();
    await until('a serving pair', SERVING_LIMIT_MS, async () => {
      const statuses = await Promise.all(stage.directors.map((director) => director.lvsdStatus()));
      return statuses.every((status) =>
        stage.servers.every(({ name }) => serverStatus(status, name)?.health === 'up'),
      );
    });
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const usages = usageByName(stage.directors.flatMap(({ directory }) => processesOf(directory)));
    const rows = [...usages].map(([name, usage]) => row(name, usage));
    return markdownTable(
      ['processes of the pair', 'number', 'private memory together, MB', 'each, MB', 'resident each, MB'],
      [...rows, row('the whole pair', total([...usages.values()]))],
    );
  } finally {
    await stage.stop();
  }
}

function usageByName(pids: readonly number[]): ReadonlyMap<string, Usage> {
  const usages = new Map<string, Usage>();
  for (const pid of pids) {
    const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    const known = usages.get(name) ?? { count: 0, privateBytes: 0, residentBytes: 0 };
    usages.set(name, {
      count: known.count + 1,
      privateBytes: known.privateBytes + privateMemoryBytes(pid),
      residentBytes: known.residentBytes + residentMemoryBytes(pid),
    });
  }
  return usages;
}

function total(usages: readonly Usage[]): Usage {
  const sum = (pick: (usage: Usage) => number): number => usages.reduce((all, usage) => all + pick(usage), 0);
  return {
    count: sum(({ count }) => count),
    privateBytes: sum(({ privateBytes }) => privateBytes),
    residentBytes: sum(({ residentBytes }) => residentBytes),
  };
}

function row(name: string, { count, privateBytes, residentBytes }: Usage): string[] {
  const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
  return [
    name,
    String(count),
    megabytes(privateBytes),
    megabytes(privateBytes / count),
    megabytes(residentBytes / count),
  ];
}
