import { steerGroup, waitingConnections } from './reuseport-group.js';

/**
 * Which member to steer to, and for how long its arrivals may still stem from before the steer, ms. Where the other
 * member sits is not known: we were mostly there first, so it is 1; then 0, or a third. Then once more with patience,
 * for handshakes over a long way.
 */
const TRIALS = [
  { index: 1, graceMs: 10 },
  { index: 0, graceMs: 10 },
  { index: 2, graceMs: 10 },
  { index: 1, graceMs: 60 },
  { index: 0, graceMs: 60 },
] as const;
const TICK_MS = 5;
/** Nothing may have arrived for this long before the socket can close, ms; covers handshakes under way. */
const QUIET_MS = 30;

export interface GroupDrainOptions {
  readonly fd: number;
  readonly protocol: 'tcp' | 'udp';
  /** How many connections or datagrams this socket has taken so far. */
  readonly arrivals: () => number;
  /** Monotonic time, ms. */
  readonly nowMs: () => number;
  /** The drain gives up after this, ms. */
  readonly limitMs: number;
}

/**
 * Steers new arrivals of a SO_REUSEPORT group to another member and waits until nothing arrives at this socket any
 * more and its accept queue is empty. The caller goes on accepting meanwhile, and closes the socket when this ends.
 * @returns true when the socket ran dry; false when arrivals did not stop, as when it is alone in its group
 */
export async function drainGroupMember(options: GroupDrainOptions): Promise<boolean> {
  const startedMs = options.nowMs();
  let trial = startTrial(options, 0);
  let seen = options.arrivals();
  let quietSinceMs = startedMs;
  for (;;) {
    await tick();
    const nowMs = options.nowMs();
    const arrivals = options.arrivals();
    const waiting = waitingAt(options);
    if (arrivals !== seen || waiting > 0) quietSinceMs = nowMs;
    seen = arrivals;
    if (hasFailed(trial, arrivals, nowMs)) {
      if (trial.number + 1 === TRIALS.length) return false;
      trial = startTrial(options, trial.number + 1);
    }
    if (nowMs - quietSinceMs >= QUIET_MS) return true;
    if (nowMs - startedMs >= options.limitMs) return false;
  }
}

interface Trial {
  readonly number: number;
  readonly startedMs: number;
  /** What had arrived by the start of the trial, waiting for accept or accepted. */
  readonly earlierArrivals: number;
}

function startTrial(options: GroupDrainOptions, number: number): Trial {
  const trial = TRIALS[number];
  if (trial) steerGroup(options.fd, trial.index);
  return {
    number,
    startedMs: options.nowMs(),
    earlierArrivals: options.arrivals() + waitingAt(options),
  };
}

/** True when arrivals go on at ourselves in spite of the steer. A late process is not blamed for what had queued. */
function hasFailed(trial: Trial, arrivals: number, nowMs: number): boolean {
  const graceMs = TRIALS[trial.number]?.graceMs ?? 0;
  return arrivals > trial.earlierArrivals && nowMs - trial.startedMs > graceMs;
}

function waitingAt({ fd, protocol }: GroupDrainOptions): number {
  return protocol === 'tcp' ? (waitingConnections(fd) ?? 0) : 0;
}

/** One turn of the timers, then two of the poll phase, so that everything that waited has been accepted. */
async function tick(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}
