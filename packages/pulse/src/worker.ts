import { runMain } from '@piranha/common';
import { readPulseOptions } from './options.js';
import { runWorker } from './shell/run-worker.js';

runMain('pulse', () => runWorker(readPulseOptions(process.argv.slice(2))));
