import { errorText, monotonicNowMs } from '@piranha/common';
import type { CheckComplaint } from '../check.js';
import { readLoad } from '../core/load-monitor.js';
import { ProgramRun } from './checks/program-run.js';
import { type Pace, Repeating } from './repeating.js';
import type { Reporter } from './reporter.js';

/** A monitor that takes longer is killed, ms. */
const PROGRAM_LIMIT_MS = 10_000;
/** Most of an answer that a log line shows. */
const SHOWN = 60;
/** Least time between two lines that say that the load can be read again, ms: one that comes and goes fills no log. */
const BACK_EVERY_MS = 60_000;

interface LoadWatchOptions {
  readonly words: readonly string[];
  readonly intervalMs: number;
  /** IP:PORT for log lines. */
  readonly server: string;
  readonly reporter: Reporter;
  /** Only a server that is up is asked. */
  readonly isUp: () => boolean;
  readonly pace?: Pace;
}

/** Runs a load monitor again and again; what goes wrong is told once, and does not move the weight. */
export function watchLoad(options: LoadWatchOptions): Repeating {
  const { reporter, server } = options;
  const told = new Set<CheckComplaint['event']>();
  let backAtMs = Number.NEGATIVE_INFINITY;
  return new Repeating(
    options.intervalMs,
    async (signal) => {
      if (!options.isUp()) return;
      // Whatever goes wrong here must not end the process, which may watch thousands.
      const found = await askLoad(options, signal).catch((error: unknown) =>
        failedLoad(server, errorText(error)),
      );
      if (found === undefined) return;
      if (typeof found === 'number') {
        const nowMs = monotonicNowMs();
        if (told.size > 0 && nowMs - backAtMs >= BACK_EVERY_MS) {
          reporter.log({ event: 'NANNY_LOAD_BACK', fields: { server } });
          told.clear();
          backAtMs = nowMs;
        }
        reporter.reading({ kind: 'load', load: found });
      } else {
        if (!told.has(found.event)) reporter.log(found);
        told.add(found.event);
      }
    },
    options.pace,
  );
}

function failedLoad(server: string, problem: string): CheckComplaint {
  return { event: 'NANNY_LOAD_FAILED', fields: { server, problem } };
}

async function askLoad(
  { words, server }: LoadWatchOptions,
  signal: AbortSignal,
): Promise<number | CheckComplaint | undefined> {
  const run = new ProgramRun(words);
  try {
    const ending = await run.ending(PROGRAM_LIMIT_MS, signal);
    if (ending === 'cancelled') return undefined;
    const failed = (problem: string) => failedLoad(server, problem);
    if (ending === 'timed out') return failed('no end in time');
    if (ending.type === 'error') return failed(ending.error.code ?? ending.error.message);
    if (ending.code !== 0) return failed(`exit status ${ending.code ?? ending.signal}`);
    const text = run.output();
    return (
      readLoad(text) ?? { event: 'NANNY_LOAD_BAD', fields: { text: JSON.stringify(text.slice(0, SHOWN)) } }
    );
  } finally {
    run.end();
  }
}
