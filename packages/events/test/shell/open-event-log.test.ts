import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventLog, EventLogOptions } from '../../src/event-log.js';
import { openEventLog } from '../../src/shell/open-event-log.js';

let directory = '';
let printed = '';
let open: EventLog[] = [];

const at = (name: string) => join(directory, name);
const linesOf = (name: string) => readFileSync(at(name), 'utf8').trimEnd().split('\n');

function openLog(options: Partial<EventLogOptions> = {}): EventLog {
  const log = openEventLog({ ident: 'pulse', foreground: true, ...options });
  open.push(log);
  return log;
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'events-'));
  printed = '';
  open = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
});

afterEach(async () => {
  for (const log of open) await log.close();
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

describe('in the foreground', () => {
  it('prints ident and text, debug lines only when verbose', () => {
    openLog().log('PULSE_SENT');
    expect(printed).toBe('');
    openLog({ verbose: true }).log('PULSE_SENT');
    openLog().log('PULSE_PARTNER_DEAD', { silentMs: 3 });
    expect(printed).toBe(
      'pulse: DEBUG -- Sending heartbeat... [PULSE_SENT]\n' +
        'pulse: partner dead: activating lvs [PULSE_PARTNER_DEAD] silentMs=3\n',
    );
  });

  it('prints JSON on request, with the pid that is told', () => {
    openLog({ json: true }).log('NANNY_SERVER_UP', { server: '10.0.0.1:80' }, 77);
    expect(JSON.parse(printed)).toMatchObject({
      id: 'NANNY_SERVER_UP',
      ident: 'nanny',
      pid: 77,
      level: 'info',
    });
  });
});

describe('history', () => {
  it('keeps the last 50 above debug, oldest first', () => {
    const log = openLog({ verbose: true });
    for (let waitMs = 0; waitMs < 60; waitMs += 1) {
      log.log('PULSE_CLAIM_WAIT', { waitMs });
      log.log('PULSE_SENT');
    }
    const texts = log.history().map(({ text }) => text);
    expect(texts).toHaveLength(50);
    expect(texts[0]).toContain(' 10 ms');
    expect(texts[49]).toContain(' 59 ms');
    expect(log.history()[0]).toMatchObject({
      event: 'PULSE_CLAIM_WAIT',
      at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });
});

describe('files', () => {
  it('has one file for each ident, in a directory that it makes, with every line in order', async () => {
    const log = openLog({ logDirectory: at('a/b') });
    for (let waitMs = 0; waitMs < 2_000; waitMs += 1) log.log('PULSE_CLAIM_WAIT', { waitMs });
    log.log('NANNY_SERVER_UP', { server: 's' }, 7);
    await log.close();
    expect(linesOf('a/b/nanny.log')).toEqual([expect.stringMatching(/^\d{4}-\S+Z nanny\[7\]: \[ active \]/)]);
    const waits = linesOf('a/b/pulse.log').map((line) => Number(/in (\d+) ms/.exec(line)?.[1]));
    expect(waits).toEqual(Array.from({ length: 2_000 }, (_, index) => index));
  });

  it('goes on in a new file when logrotate has moved the old one', async () => {
    const log = openLog({ logDirectory: directory });
    log.log('PULSE_ACTIVE', { vips: 'one' });
    await vi.waitFor(() => expect(linesOf('pulse.log')).toHaveLength(1));
    renameSync(at('pulse.log'), at('pulse.log.1'));
    log.log('PULSE_ACTIVE', { vips: 'two' });
    await log.close();
    expect(linesOf('pulse.log.1')).toEqual([expect.stringContaining('one')]);
    expect(linesOf('pulse.log')).toEqual([expect.stringContaining('two')]);
  });

  it('writes the same records as JSON on request', async () => {
    const log = openLog({ logDirectory: directory, json: true });
    log.log('PULSE_ACTIVE', { vips: 'one' });
    await log.close();
    expect(JSON.parse(linesOf('pulse.log')[0] ?? '')).toMatchObject({ id: 'PULSE_ACTIVE' });
  });

  it('survives a log directory that cannot be made', async () => {
    writeFileSync(at('file'), '');
    const log = openLog({ logDirectory: at('file/logs') });
    log.log('PULSE_ACTIVE', { vips: 'one' });
    await log.close();
    expect(printed).toContain('one');
  });
});

describe('after the close', () => {
  it('a late line does no harm', async () => {
    const log = openLog({ logDirectory: directory });
    log.log('PULSE_ACTIVE', { vips: 'one' });
    await log.close();
    log.log('PULSE_ACTIVE', { vips: 'two' });
    log.log('NANNY_SERVER_UP', { server: 's' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(log.history()).toHaveLength(3);
  });
});
