import { runMain } from '@piranha/common';
import { runIpvsu } from './shell/daemon.js';

runMain('ipvsu', () => runIpvsu(process.argv.slice(2)));
