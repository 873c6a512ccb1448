import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { LoadQuestion } from '../load-thread.js';
import { type LastGoodResult, type LoadOccasion, loadFor } from './last-good.js';

/** A smaller file is read sooner than a thread is started: some two hundred servers, a few ms. */
const LARGE_BYTES = 16 * 1024;

/**
 * As `loadFor`, for a process that has something to do all the time: a large file is read in a thread of its own, for ten
 * thousand servers would take a quarter of a second here. Where no thread can be had, it is read here.
 */
export async function loadAside(
  occasion: LoadOccasion,
  file: string,
  copy: string | undefined,
): Promise<LastGoodResult> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size < LARGE_BYTES) return loadFor(occasion, file, copy);
  try {
    return await inThread({ occasion, file, copy });
  } catch {
    return loadFor(occasion, file, copy);
  }
}

async function inThread(question: LoadQuestion): Promise<LastGoodResult> {
  const program = createRequire(import.meta.url).resolve('@piranha/config/load-thread');
  const worker = new Worker(program, { workerData: question, execArgv: [] });
  try {
    const [answer] = await Promise.race([once(worker, 'message'), endOf(worker)]);
    return answer as LastGoodResult;
  } finally {
    await worker.terminate();
  }
}

/** A thread that ends has answered, or never will. */
async function endOf(worker: Worker): Promise<never> {
  const [code] = await once(worker, 'exit');
  throw new Error(`the thread ended with ${String(code)}`);
}
