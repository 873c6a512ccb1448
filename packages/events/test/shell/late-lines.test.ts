import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openEventLog } from '../../src/shell/open-event-log.js';

it('a line that comes after the close does no harm, and is in the history', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'late-'));
  try {
    const log = openEventLog({ ident: 'pulse', foreground: true, logDirectory: directory });
    log.log('PULSE_ACTIVE', { vips: 'one' });
    await log.close();
    log.log('PULSE_ACTIVE', { vips: 'two' });
    // Another ident would open another file.
    log.log('NANNY_SERVER_UP', { server: 's' });
    await log.close();
    expect(log.history()).toHaveLength(3);
    expect(readFileSync(join(directory, 'pulse.log'), 'utf8')).not.toContain('two');
  } finally {
    rmSync(directory, { recursive: true });
  }
});
