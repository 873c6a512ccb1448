import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const EVENTS = fileURLToPath(new URL('../packages/events/dist/index.js', import.meta.url));

/** Logs until its stdout has been gone for long, then says on stderr that it still lives. */
const PROGRAM = `
import { openEventLog } from ${JSON.stringify(EVENTS)};
const log = openEventLog({ ident: 'pulse', foreground: true });
let lines = 0;
const timer = setInterval(() => {
  log.log('PULSE_STANDBY');
  lines += 1;
  if (lines < 100) return;
  clearInterval(timer);
  void log.close().then(() => console.error('alive'));
}, 5);
`;

test('a daemon outlives the reader of its stdout', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM]);
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  // The reader goes away after the first line, as `head -1` does.
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect({ code, errors }).toEqual({ code: 0, errors: 'alive\n' });
});
