import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ROOT } from './ensure-built.mjs';

// npm run lab: the scenarios in a real IPVS kernel; names of groups after `--` choose among them.
ensureBuilt();
await import(pathToFileURL(join(ROOT, 'packages/lab/dist/kernel/main.js')).href);
