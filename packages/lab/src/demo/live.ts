import type { DemoOptions } from './options.js';
import { runPlain } from './plain.js';
export const runLive = (o: DemoOptions) => runPlain(o);
