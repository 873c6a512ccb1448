import { runMain } from '@piranha/common';
// First of all, for its side: it listens for the end of our parent.
import '@piranha/common/parent-channel';
import { readPulseOptions, readResolvedOptions } from './options.js';

runMain('pulse', async () => {
  const args = process.argv.slice(2);
  if (process.env.PIRANHA_DAEMON === '1') {
    // Started by pulse itself: everything was checked before, and a guardian stays small.
    const { runGuardian } = await import('./guardian/run-guardian.js');
    return runGuardian(readResolvedOptions(args));
  }
  const { launch } = await import('./launcher.js');
  return launch(await readPulseOptions(args));
});
