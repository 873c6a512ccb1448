import { runMain } from '@piranha/common';
import { runRealServer } from './shell/run-real-server.js';

runMain('lvs-realserver', () => runRealServer(process.argv.slice(2)));
