import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ROOT } from './ensure-built.mjs';

// npm start: builds what is needed, then becomes the demo pair.
ensureBuilt();
await import(pathToFileURL(join(ROOT, 'packages/lab/dist/demo/main.js')).href);
