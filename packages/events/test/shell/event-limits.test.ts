import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { openEventLog } from '../../src/index.js';

it('tells what others cause at will once a minute, counts all of it, and keeps the history for the rest', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'piranha-log-'));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  let nowMs = 0;
  const options = { ident: 'pulse', foreground: false };
  const log = openEventLog(options, join(directory, 'log.sock'), () => nowMs);
  log.log('PULSE_ACTIVE', { vips: '192.0.2.1' });
  for (; nowMs < 60_000; nowMs += 100) {
    log.log('PULSE_OTHER_HOLDER', { address: '192.0.2.1', mac: '02:00:00:00:00:01' });
  }
  log.log('PULSE_OTHER_HOLDER', { address: '192.0.2.1', mac: '02:00:00:00:00:01' });
  log.log('PULSE_OTHER_HOLDER', { address: '192.0.2.9', mac: '02:00:00:00:00:01' });
  await log.close();
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
  expect(log.history().map(({ event, text }) => `${event} ${text}`)).toEqual([
    'PULSE_ACTIVE lvs active: holding 192.0.2.1',
    ...Array(2).fill('PULSE_OTHER_HOLDER 02:00:00:00:00:01 claims 192.0.2.1 too: resending arps'),
    'PULSE_OTHER_HOLDER 02:00:00:00:00:01 claims 192.0.2.9 too: resending arps',
  ]);
  expect(log.counts?.()).toEqual({ PULSE_ACTIVE: 1, PULSE_OTHER_HOLDER: 602 });
});
