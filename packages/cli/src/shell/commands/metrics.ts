import { SUITE_VERSION } from '@piranha/common';
import { type RunDirectory, runDirectory } from '@piranha/protocol';
import { EXIT, type ExitStatus } from '../../core/exit-status.js';
import { type MetricsView, metricsOf, type OtherProcess } from '../../core/metrics/all-metrics.js';
import { metricsText } from '../../core/metrics/metric-set.js';
import { type ProcessFigures, sumOfFigures } from '../../core/metrics/process-figures.js';
import { daemonAnswers } from '../daemon-answers.js';
import { type LvsctlIo, printJson } from '../io.js';
import type { CommonOptions } from '../options.js';
import { figuresOf, pidOfFile } from '../process-figures.js';
import { writeWhole } from '../write-whole.js';

export interface MetricsOptions extends CommonOptions {
  readonly output?: string;
}

type Answers = Pick<MetricsView, 'pulse' | 'lvsd'>;

/** Every nanny once. */
function nannyPids({ lvsd }: Answers): readonly number[] {
  if (!lvsd.reached) return [];
  const { services, sharedNannies = [] } = lvsd.status;
  const own = services.flatMap(({ servers }) => servers.map(({ nannyPid }) => nannyPid));
  return [...new Set([...own, ...sharedNannies.map(({ pid }) => pid)])].filter((pid) => pid !== undefined);
}

async function lookAtProcesses(
  answers: Answers,
  files: RunDirectory,
): Promise<Pick<MetricsView, 'others' | 'figures'>> {
  const figures = new Map<string, ProcessFigures>();
  const others: OtherProcess[] = [];
  for (const [name, path] of [
    ['guardian', files.guardianPid],
    ['ipvsu', files.ipvsuPid],
  ] as const) {
    const pid = await pidOfFile(path);
    const found = pid === undefined ? undefined : await figuresOf(pid);
    // ipvsu is there only where it forwards.
    if (name === 'guardian' || pid !== undefined) others.push({ name, lives: found !== undefined });
    if (found) figures.set(name, found);
  }
  for (const [name, answer] of Object.entries(answers)) {
    const found = answer.reached ? await figuresOf(answer.status.pid) : undefined;
    if (found) figures.set(name, found);
  }
  const nannies: ProcessFigures[] = [];
  for (const pid of nannyPids(answers))
    nannies.push(...[await figuresOf(pid)].filter((one) => one !== undefined));
  if (nannies.length > 0) figures.set('nanny', sumOfFigures(nannies));
  return { others, figures };
}

/**
 * `lvsctl metrics`: what the daemons of this director know, for Prometheus. A daemon that does not answer is a value like
 * others: the exit status stays that of a success.
 */
export async function metrics(io: LvsctlIo, { runDir, json, output }: MetricsOptions): Promise<ExitStatus> {
  const files = runDirectory(runDir);
  const { pulse, lvsd } = await daemonAnswers(files);
  const looked = await lookAtProcesses({ pulse, lvsd }, files);
  const samples = metricsOf({ version: SUITE_VERSION, pulse, lvsd, ...looked });
  const text = metricsText(samples);
  if (output !== undefined) await writeWhole(output, text);
  if (json) printJson(io, { metrics: samples });
  else if (output === undefined) io.stdout(text);
  return EXIT.ok;
}
