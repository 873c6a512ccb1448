import { runMain } from '@piranha/common';
import { runMailChild } from './shell/mail-child.js';

runMain('piranha-mail', runMailChild);
