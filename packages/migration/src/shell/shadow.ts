import { setTimeout as wait } from 'node:timers/promises';
import { monotonicNowMs, patient } from '@piranha/common';
import { kernelDirector } from '@piranha/ipvs';
import { type Difference, differencesOf } from '../core/differences.js';
import { EMPTY_JOURNAL, type Journal, type JournalChange, stepJournal } from '../core/journal.js';
import { ShadowDirector } from './shadow-director.js';

const LOOK_EVERY_MS = 1_000;
/** A server without a verdict for so long is one that differs. */
const VERDICTS_LIMIT_MS = patient(60_000);

export interface ShadowOptions {
  readonly configFile: string;
  /** Of the director here: servers that are drained or disabled by it are so in the model too. */
  readonly stateDirectory: string;
  /** As lvs.cf names it. */
  readonly ipvsadmPath: string;
  /** How long it looks once every server has its first verdict, ms; Infinity until `signal`. */
  readonly durationMs: number;
  /** Ends the run early. */
  readonly signal?: AbortSignal;
  /** Called once every server has its first verdict. */
  onReady?(servers: number): void;
  onChange?(change: JournalChange): void;
}

/** What a shadow run has seen. */
export interface ShadowResult {
  readonly journal: Journal;
  /** Time of looking, ms. */
  readonly lastedMs: number;
  /** The end, monotonic ms. */
  readonly endMs: number;
}

/**
 * Probes every server of an lvs.cf beside whatever serves now, and compares the table that would be with the kernel's.
 * Nothing is touched. With a duration of 0 it looks once.
 * @throws UserError as ShadowDirector.start and KernelDirector
 */
export async function runShadow(options: ShadowOptions): Promise<ShadowResult> {
  const kernel = kernelDirector(options.ipvsadmPath);
  await kernel.readTable();
  const director = await ShadowDirector.start(options.configFile, options.stateDirectory);
  try {
    await untilReady(director, options);
    return await watch(options, async () => {
      const { table, status } = await director.look();
      return differencesOf(await kernel.readTable(), table, status);
    });
  } finally {
    await director.stop();
  }
}

async function untilReady(director: ShadowDirector, { signal, onReady }: ShadowOptions): Promise<void> {
  const deadlineMs = monotonicNowMs() + VERDICTS_LIMIT_MS;
  while (!signal?.aborted) {
    const { status } = await director.look();
    const servers = status.services.flatMap((service) => service.servers);
    const isReady = status.ready && servers.every(({ health }) => health !== 'unknown');
    if (isReady || monotonicNowMs() > deadlineMs) {
      onReady?.(servers.length);
      return;
    }
    await pause(LOOK_EVERY_MS / 10, signal);
  }
}

async function watch(
  { durationMs, signal, onChange }: ShadowOptions,
  look: () => Promise<readonly Difference[]>,
): Promise<ShadowResult> {
  const startMs = monotonicNowMs();
  let journal: Journal = EMPTY_JOURNAL;
  for (;;) {
    const step = stepJournal(journal, await look(), monotonicNowMs());
    journal = step.journal;
    for (const change of step.changes) onChange?.(change);
    const endMs = monotonicNowMs();
    const lastedMs = endMs - startMs;
    if (lastedMs >= durationMs || signal?.aborted) return { journal, lastedMs, endMs };
    await pause(Math.min(LOOK_EVERY_MS, durationMs - lastedMs), signal);
  }
}

/** Waits, and no longer than the signal lets it. */
async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(milliseconds, undefined, { signal }).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
}
