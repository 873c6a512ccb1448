import { runMain } from '@piranha/common';
import { processIo } from './shell/io.js';
import { runLvsctl } from './shell/run-lvsctl.js';

runMain('lvsctl', async () => {
  // Not process.exit: what was printed is still on its way into a pipe.
  process.exitCode = await runLvsctl(process.argv.slice(2), processIo());
});
