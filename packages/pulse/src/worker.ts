import { runMain } from '@piranha/common';
import { readResolvedOptions } from './options.js';
import { runWorker } from './shell/run-worker.js';

runMain('pulse', () => runWorker(readResolvedOptions(process.argv.slice(2))));
