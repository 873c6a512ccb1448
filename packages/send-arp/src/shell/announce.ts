import { UserError } from '@piranha/common';
import { type AnnouncementTarget, type Announcer, startSeries, stepSeries } from '@piranha/net';

/** Addresses whose frames go out in one go; then the device gets a moment to send them. */
const BATCH = 200;
const BATCH_PAUSE_MS = 5;

/** What a series of announcements needs of the world. */
export interface AnnounceWorld {
  readonly announcer: Pick<Announcer, 'announce'>;
  /** Monotonic time, ms. */
  nowMs(): number;
  sleep(durationMs: number): Promise<void>;
  /** Gets each different problem once. */
  onProblem(line: string): void;
}

/**
 * Announces addresses at each time of a schedule (ms from now) and ends after the last. One that fails does not keep
 * the others from being announced, nor itself from being tried again at the next time.
 * @throws UserError `SEND_ARP_INCOMPLETE` at the end if anything failed
 */
export async function announceOnSchedule(
  targets: readonly AnnouncementTarget[],
  scheduleMs: readonly number[],
  world: AnnounceWorld,
): Promise<void> {
  const problems = new Set<string>();
  let series = startSeries(scheduleMs, world.nowMs());
  for (;;) {
    const step = stepSeries(series, world.nowMs());
    series = step.series;
    if (step.announce) {
      for (const problem of await announceAll(targets, world)) {
        if (!problems.has(problem)) world.onProblem(problem);
        problems.add(problem);
      }
    }
    const [nextMs] = series.dueMs;
    if (nextMs === undefined) break;
    await world.sleep(Math.max(nextMs - world.nowMs(), 0));
  }
  if (problems.size === 0) return;
  throw new UserError('send_arp: not everything was announced', {
    code: 'SEND_ARP_INCOMPLETE',
    hint: 'the lines above tell what and why',
  });
}

async function announceAll(targets: readonly AnnouncementTarget[], world: AnnounceWorld): Promise<string[]> {
  const problems: string[] = [];
  for (let start = 0; start < targets.length; start += BATCH) {
    if (start > 0) await world.sleep(BATCH_PAUSE_MS);
    problems.push(...world.announcer.announce(targets.slice(start, start + BATCH)));
  }
  return problems;
}
