import { markdownTable, median, percentile } from '../table.js';
import type { PairName } from './contender.js';
import type { FailoverCase } from './events.js';
import type { FailoverSample } from './measure.js';

/** All runs of a case, by the pair. */
export type FailoverSamples = ReadonlyMap<PairName, FailoverSample[]>;

type Figures = readonly FailoverSample[];

const gaps = (samples: Figures): number[] => samples.map(({ gapMs }) => gapMs);

function gapCells(samples: Figures): string[] {
  const values = gaps(samples);
  return [median(values), percentile(values, 0.9), Math.max(...values)].map((value) => value.toFixed(1));
}

/** Without the phase at which the event met the beats. */
function sinceBeatCell(samples: Figures): string {
  const values = samples.flatMap(({ sinceBeatMs }) => sinceBeatMs ?? []);
  return values.length === 0 ? '' : median(values).toFixed(1);
}

function gapRows(one: FailoverCase, samples: FailoverSamples): string[][] {
  const peer = median(gaps(samples.get('keepalived') ?? []));
  return [...samples].map(([name, runs]) => [
    one.title,
    median(runs.map(({ deadAfterMs }) => deadAfterMs)).toFixed(0),
    name,
    ...gapCells(runs),
    sinceBeatCell(runs),
    String(runs.length),
    (median(gaps(runs)) / peer).toFixed(2),
  ]);
}

/** `1 (5), 2 (1)`: how many holders there were at the end, and in how many runs. */
function finalCounts(samples: Figures): string {
  const counts = new Map<number, number>();
  for (const { finalHolders } of samples) counts.set(finalHolders, (counts.get(finalHolders) ?? 0) + 1);
  return [...counts]
    .sort(([one], [other]) => one - other)
    .map(([holders, runs]) => `${holders} (${runs})`)
    .join(', ');
}

function holderRow(title: string, name: string, samples: Figures): string[] {
  const shared = samples.map(({ sharedMs }) => sharedMs);
  return [title, name, median(shared).toFixed(0), Math.max(...shared).toFixed(0), finalCounts(samples)];
}

/** Two Markdown tables: what clients missed, and how many directors had the address. */
export function failoverReport(all: ReadonlyMap<FailoverCase, FailoverSamples>, version: string): string {
  const gapTable = markdownTable(
    [
      'event',
      'dead after, ms',
      `pair (${version})`,
      'median gap, ms',
      'p90',
      'max',
      'median since the last beat, ms',
      'n',
      'ratio',
    ],
    [...all].flatMap(([one, samples]) => gapRows(one, samples)),
  );
  const holderTable = markdownTable(
    ['event', 'pair', 'two holders, median ms', 'max ms', 'holders at the end (runs)'],
    [...all].flatMap(([{ title }, samples]) =>
      [...samples].map(([name, runs]) => holderRow(title, name, runs)),
    ),
  );
  return `${gapTable}\n\n${holderTable}`;
}
