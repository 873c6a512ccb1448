import type { HeartbeatMeasurement, PathQuality, PulseStatus, Windows } from '@piranha/protocol';
import type { Beat } from '../core/path-tracker.js';
import type { HeartbeatPath } from '../core/settings.js';
import { HeartbeatMeasure } from './heartbeat-measure.js';
import type { LoadedSettings } from './load-settings.js';

type Settings = Pick<LoadedSettings, 'settings' | 'paths' | 'configuration'>;

/** The directors that are measured, each for itself; the partner of a pair has no name here. */
function directorsOf({ settings }: Settings): readonly string[] {
  return settings.others?.map(({ name }) => name) ?? [''];
}

function partOf(settings: Settings, director: string): Settings {
  const paths = settings.paths.filter((path) => (path.director ?? '') === director);
  return { ...settings, paths };
}

/** Measures the heartbeats of the partner, or of each of several directors in a file of its own. */
export class HeartbeatMeasures {
  private measures: ReadonlyMap<string, HeartbeatMeasure>;
  private isStarted = false;

  constructor(
    private readonly file: string,
    settings: Settings,
    /** Told when the counts cannot be written. */
    private readonly onProblem: (problem: string) => void,
  ) {
    this.measures = new Map(directorsOf(settings).map((name) => [name, this.measureOf(name, settings)]));
  }

  /** That of the partner, for adaptive mode, which only a pair has. */
  get first(): HeartbeatMeasure {
    const [first] = this.measures.values();
    if (first === undefined) throw new Error('nobody is measured');
    return first;
  }

  /** Goes on with what an earlier run of this boot counted, in a moment. */
  start(): void {
    this.isStarted = true;
    for (const measure of this.measures.values()) measure.start();
  }

  /** Counts a heartbeat that was read now. */
  heard(path: HeartbeatPath, numbered?: Beat['numbered']): void {
    this.measures.get(path.director ?? '')?.heard(path, numbered);
  }

  /** A timer of this process went off `lateMs` too late. */
  late(lateMs: number): void {
    for (const measure of this.measures.values()) measure.late(lateMs);
  }

  /** Goes on with other settings; who is no director any more is forgotten. */
  change(next: Settings): void {
    const before = this.measures;
    this.measures = new Map(
      directorsOf(next).map((name) => [name, before.get(name) ?? this.measureOf(name, next)]),
    );
    for (const [name, measure] of before) if (!this.measures.has(name)) measure.close();
    for (const [name, measure] of this.measures) {
      measure.change(partOf(next, name));
      if (!before.has(name) && this.isStarted) measure.start();
    }
  }

  /** Figures of each path for status. */
  qualities(): (path: HeartbeatPath) => Windows<PathQuality> | undefined {
    const of = new Map([...this.measures].map(([name, measure]) => [name, measure.qualities()]));
    return (path) => of.get(path.director ?? '')?.(path);
  }

  /** Everything, for `lvsctl advise`; of several directors of the one that was silent longest, for all have one deadtime. */
  measurement(partner: PulseStatus['partner']): HeartbeatMeasurement {
    const all = [...this.measures.values()].map((measure) => measure.measurement(partner));
    return all.reduce((one, other) =>
      other.together.month.longestMs > one.together.month.longestMs ? other : one,
    );
  }

  /** Saves for the last time. */
  close(): void {
    for (const measure of this.measures.values()) measure.close();
  }

  private measureOf(name: string, settings: Settings): HeartbeatMeasure {
    const file = name === '' ? this.file : `${this.file}.${name}`;
    return new HeartbeatMeasure(file, partOf(settings, name), this.onProblem);
  }
}
