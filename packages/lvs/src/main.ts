import { runMain } from '@piranha/common';
// First of all, for its side: it listens for the end of our parent.
import '@piranha/common/parent-channel';
import { runLvsd } from './shell/run.js';

runMain('lvsd', () => runLvsd(process.argv.slice(2)));
