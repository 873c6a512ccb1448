#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('lvsctl: not built yet: run npm install, then npm run build\n');
  process.exitCode = 70;
}
