import { runMain } from '@piranha/common';
import { runLvsd } from './shell/run.js';

runMain('lvsd', () => runLvsd(process.argv.slice(2)));
