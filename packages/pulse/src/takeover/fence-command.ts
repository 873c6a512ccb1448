import { programWords } from '@piranha/common';
import type { FenceConfig } from '@piranha/config';
import type { EventLog } from '@piranha/events';
import { startProgram } from '@piranha/notify';

export interface FenceRun {
  readonly fence: Pick<FenceConfig, 'command' | 'timeoutMs'>;
  /** The partner's public address, for PIRANHA_PARTNER. */
  readonly partner: string;
  /** From 1. */
  readonly attempt: number;
  readonly log: Pick<EventLog, 'log'>;
}

/** What became of it; no problem means that the partner is off. */
interface FenceEnding {
  readonly problem: string | undefined;
}

export interface RunningFence {
  /** Never rejects. */
  readonly ended: Promise<FenceEnding>;
  /** Kills the command. */
  cancel(why: string): void;
}

/**
 * Runs fence_cmd: words split at blanks, no shell, killed with its process group past its limit. The partner's address and
 * the number of the attempt are in PIRANHA_PARTNER and PIRANHA_ATTEMPT. Its output and its end are logged, its arguments
 * are not: they may hold a password.
 */
export function runFence({ fence, partner, attempt, log }: FenceRun): RunningFence {
  const [program, ...args] = programWords(fence.command);
  if (program === undefined) return { ended: Promise.resolve({ problem: 'no command' }), cancel: () => {} };
  const environment = { PIRANHA_PARTNER: partner, PIRANHA_ATTEMPT: String(attempt) };
  const running = startProgram({ program, args, environment });
  if (running.pid !== undefined) log.log('PULSE_FENCE_STARTED', { program, partner, attempt });
  let killed: string | undefined;
  const kill = (why: string): void => {
    killed ??= why;
    running.signal('SIGKILL');
  };
  const late = `it ran longer than ${fence.timeoutMs} ms and was killed`;
  const timer = setTimeout(() => kill(late), fence.timeoutMs);
  const ended = running.ended.then(({ problem: found, lines }): FenceEnding => {
    for (const line of lines) log.log('PULSE_FENCE_OUTPUT', { program, line });
    clearTimeout(timer);
    const problem = killed ?? found;
    if (problem === undefined) log.log('PULSE_FENCE_DONE', { partner, program });
    else log.log('PULSE_FENCE_FAILED', { program, problem, attempt });
    return { problem };
  });
  return { ended, cancel: kill };
}
