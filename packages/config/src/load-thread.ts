import { parentPort, workerData } from 'node:worker_threads';
import { type LoadOccasion, loadFor } from './shell/last-good.js';

/** What the thread is asked. */
export interface LoadQuestion {
  readonly occasion: LoadOccasion;
  readonly file: string;
  readonly copy: string | undefined;
}

// The thread of load-aside: reads one file, answers, and ends.
const { occasion, file, copy } = workerData as LoadQuestion;
parentPort?.postMessage(await loadFor(occasion, file, copy));
