import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ROOT } from './ensure-built.mjs';

// npm run bench: prints the tables of docs/benchmarks.md.
ensureBuilt();
await import(pathToFileURL(join(ROOT, 'packages/lab/dist/bench/main.js')).href);
