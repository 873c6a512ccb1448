import { runMain } from '@piranha/common';
import { launch } from './launcher.js';
import { readPulseOptions } from './options.js';

runMain('pulse', () => launch(readPulseOptions(process.argv.slice(2))));
