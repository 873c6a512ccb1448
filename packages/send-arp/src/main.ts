import { runMain } from '@piranha/common';
import { runSendArp } from './shell/send-arp.js';

runMain('send_arp', () => runSendArp(process.argv.slice(2)));
