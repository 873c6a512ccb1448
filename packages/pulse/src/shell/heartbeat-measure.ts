import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { errorText, monotonicNowMs, writeFileAtomically } from '@piranha/common';
import type { HeartbeatMeasurement, PathQuality, PulseStatus, Windows } from '@piranha/protocol';
import { adaptiveMode, guardedSilenceMs } from '../core/adaptive.js';
import { HeartbeatStatistics, type MeasuredHeartbeats, savedStatistics } from '../core/path-statistics.js';
import type { Beat } from '../core/path-tracker.js';
import type { HeartbeatPath } from '../core/settings.js';
import type { LoadedSettings } from './load-settings.js';

/** Between two savings, ms: so much of the measurement a killed pulse may lose. */
const SAVE_INTERVAL_MS = 60_000;
/** A process that starts has more urgent things to do than to read a long file, ms. */
const READ_DELAY_MS = 3_000;
const FILE_LIMIT_CHARACTERS = 4_000_000;

type Settings = Pick<LoadedSettings, 'settings' | 'paths' | 'configuration'>;

function keyOf({ name, local, partner }: HeartbeatPath): string {
  return `${name} ${local} ${partner}`;
}

function statisticsOf({ settings, paths }: Settings): HeartbeatStatistics {
  return new HeartbeatStatistics(paths.map(keyOf), settings.keepaliveMs, settings.deadtimeMs);
}

/** Wall clock of a monotonic time, as the clock stands now. */
function wallClock(atMs: number): string {
  return new Date(Date.now() - monotonicNowMs() + atMs).toISOString();
}

/** Measures the partner's heartbeats, and keeps the counts in the run directory over restarts of this process. */
export class HeartbeatMeasure {
  private statistics: HeartbeatStatistics;
  private timer: NodeJS.Timeout | undefined;
  private problemTold = false;
  /** Until the file was read it is not written over. */
  private restored = false;

  constructor(
    private readonly file: string,
    private settings: Settings,
    /** Told once, when the counts cannot be written: they are worth no second line. */
    private readonly onProblem: (problem: string) => void,
  ) {
    this.statistics = statisticsOf(settings);
  }

  /** Goes on with what an earlier run of this boot counted, in a moment, and saves from then on. */
  start(): void {
    this.timer = setTimeout(() => {
      this.restore();
      this.timer = setInterval(() => void this.save(), SAVE_INTERVAL_MS);
      this.timer.unref();
    }, READ_DELAY_MS);
    this.timer.unref();
  }

  /** Takes the counts of the file in place of those since the start. */
  restore(): void {
    const saved = this.read();
    if (saved !== undefined) this.statistics.restore(saved, monotonicNowMs());
    this.restored = true;
  }

  /** Whether lvs.cf asks for adaptive mode. */
  get wantsAdaptive(): boolean {
    return this.settings.configuration.adaptive;
  }

  /** Counts a heartbeat of the partner that was read now; `numbered` where the protocol numbers them. */
  heard(path: HeartbeatPath, numbered?: Beat['numbered']): void {
    this.statistics.heard(keyOf(path), { nowMs: monotonicNowMs(), numbered });
  }

  /** A timer of this process went off `lateMs` too late. */
  late(lateMs: number): void {
    this.statistics.late(lateMs, monotonicNowMs());
  }

  /** Goes on with other settings; with another keepalive the counts begin anew. */
  change(next: Settings): void {
    const nowMs = monotonicNowMs();
    const counted = this.statistics.saved(nowMs);
    this.settings = next;
    this.statistics = statisticsOf(next);
    this.statistics.restore(counted, nowMs);
  }

  /** Figures of each path for status; undefined for one that was never heard. */
  qualities(): (path: HeartbeatPath) => Windows<PathQuality> | undefined {
    const { paths } = this.measured();
    return (path) => {
      const of = paths.get(keyOf(path));
      return of?.heard ? of.quality : undefined;
    };
  }

  /** Everything, for `lvsctl advise`. */
  measurement(partner: PulseStatus['partner']): HeartbeatMeasurement {
    const { settings, configuration } = this.settings;
    const { paths: byKey, ...measured } = this.measured();
    const paths = this.settings.paths.flatMap((path) => {
      const of = byKey.get(keyOf(path));
      const { name, local, partner: other } = path;
      return of === undefined ? [] : [{ name, local, partner: other, ...of }];
    });
    const figures = {
      keepaliveMs: settings.keepaliveMs,
      deadtimeMs: settings.deadtimeMs,
      falseTakeoverYears: configuration.falseTakeoverYears,
      partner,
      paths,
      ...measured,
    };
    return {
      ...figures,
      adaptive: { enabled: configuration.adaptive, ...adaptiveMode(figures, guardedSilenceMs(figures)) },
    };
  }

  /** Saves for the last time. */
  close(): void {
    clearTimeout(this.timer);
    if (!this.restored) return;
    try {
      writeFileAtomically(this.file, this.text());
    } catch (error) {
      this.tell(error);
    }
  }

  private measured(): MeasuredHeartbeats {
    return this.statistics.measured(monotonicNowMs(), wallClock);
  }

  private text(): string {
    return `${JSON.stringify(this.statistics.saved(monotonicNowMs()))}\n`;
  }

  private read(): ReturnType<HeartbeatStatistics['saved']> | undefined {
    try {
      const text = readFileSync(this.file, 'utf8');
      return text.length > FILE_LIMIT_CHARACTERS ? undefined : savedStatistics.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  /** Not in one go as at the end: a slow disk must not hold up a heartbeat. */
  private async save(): Promise<void> {
    const temporary = `${this.file}.${process.pid}.new`;
    try {
      await writeFile(temporary, this.text(), { mode: 0o644 });
      await rename(temporary, this.file);
    } catch (error) {
      this.tell(error);
    }
  }

  private tell(error: unknown): void {
    if (this.problemTold) return;
    this.problemTold = true;
    this.onProblem(errorText(error));
  }
}
