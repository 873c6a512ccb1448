import type { StatusView } from '../status-view.js';
import { isLvsdWanted } from '../status-view.js';
import { addLvsd } from './lvsd-metrics.js';
import { MetricSet, type Sample } from './metric-set.js';
import type { ProcessFigures } from './process-figures.js';
import { addPulse } from './pulse-metrics.js';

/** A process that is not asked for its status. */
export interface OtherProcess {
  readonly name: 'guardian' | 'ipvsu';
  readonly lives: boolean;
}

/** Everything that the metrics are made of. */
export interface MetricsView extends Pick<StatusView, 'pulse' | 'lvsd'> {
  /** Of lvsctl. */
  readonly version: string;
  readonly others: readonly OtherProcess[];
  /** By name of the process; `nanny` stands for all of them. */
  readonly figures: ReadonlyMap<string, ProcessFigures>;
}

/** The values of one director; of a daemon that does not answer, only that it is down. */
export function metricsOf(view: MetricsView): readonly Sample[] {
  const { version, pulse, lvsd, others, figures } = view;
  const set = new MetricSet();
  set.add('piranha_build_info', { process: 'lvsctl', version }, 1);
  for (const [process, answer] of Object.entries({ pulse, lvsd })) {
    set.add('piranha_up', { process }, answer.reached);
    if (answer.reached) set.add('piranha_build_info', { process, version: answer.status.version }, 1);
  }
  set.add('piranha_process_wanted', { process: 'lvsd' }, isLvsdWanted({ runDirectory: '', pulse, lvsd }));
  for (const { name, lives } of others) set.add('piranha_up', { process: name }, lives);
  for (const [process, { residentBytes, cpuSeconds }] of figures) {
    set.add('piranha_process_resident_memory_bytes', { process }, residentBytes);
    set.add('piranha_process_cpu_seconds_total', { process }, cpuSeconds);
  }
  if (pulse.reached) addPulse(set, pulse.status);
  if (lvsd.reached) addLvsd(set, lvsd.status);
  return set.samples;
}
