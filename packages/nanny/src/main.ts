import { runMain } from '@piranha/common';
import { runNanny } from './shell/nanny.js';

runMain('nanny', () => runNanny(process.argv.slice(2)));
