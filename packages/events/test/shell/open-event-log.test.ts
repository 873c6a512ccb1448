import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lostJsonLine } from '../../src/core/lines.js';
import { type EventLogOptions, openEventLog } from '../../src/index.js';
import { FileStream } from '../../src/shell/file-stream.js';
import { DatagramReceiver } from '../support/datagram-receiver.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-log-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true, force: true });
});

/** A log whose syslog lines go to a socket of ours. */
function open(options: Partial<EventLogOptions> = {}) {
  return openEventLog({ ident: 'pulse', foreground: false, ...options }, join(directory, 'log.sock'));
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; !condition(); turn += 1) {
    if (turn > 500) throw new Error('gave up waiting');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function quietStderr(): string[] {
  const lines: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  return lines;
}

describe('the log files', () => {
  it('are one an ident, and a moved file is followed by a new one', async () => {
    quietStderr();
    const logs = join(directory, 'logs');
    const log = open({ logDirectory: logs });
    log.log('PULSE_START_PRIMARY');
    log.log('NANNY_SERVER_UP', { server: '10.0.0.11:80' }, 4711);
    await until(() => existsSync(join(logs, 'pulse.log')) && existsSync(join(logs, 'nanny.log')));
    renameSync(join(logs, 'pulse.log'), join(logs, 'pulse.log.1'));
    log.log('PULSE_START_BACKUP');
    await log.close();
    expect(readFileSync(join(logs, 'pulse.log.1'), 'utf8')).toContain('STARTING PULSE AS MASTER');
    expect(readFileSync(join(logs, 'pulse.log'), 'utf8')).toContain('STARTING PULSE AS BACKUP');
    expect(readFileSync(join(logs, 'nanny.log'), 'utf8')).toContain(
      'nanny[4711]: [ active ] making 10.0.0.11:80 available',
    );
  });

  it('that cannot be written lose lines, never the daemon, and say how many', async () => {
    quietStderr();
    const blocked = join(directory, 'logs');
    writeFileSync(blocked, 'a file where a directory should be');
    const log = open({ logDirectory: blocked });
    log.log('PULSE_START_PRIMARY');
    log.log('PULSE_START_BACKUP');
    await new Promise((resolve) => setTimeout(resolve, 100));
    rmSync(blocked);
    mkdirSync(blocked);
    chmodSync(blocked, 0o700);
    log.log('PULSE_RELOAD');
    await log.close();
    const text = readFileSync(join(blocked, 'pulse.log'), 'utf8');
    expect(text).toContain('2 log lines were lost');
    expect(text).toContain('rereading configuration file');
  });

  it('of JSON hold nothing else, not even when lines were lost', async () => {
    quietStderr();
    const blocked = join(directory, 'logs');
    writeFileSync(blocked, 'a file where a directory should be');
    const stream = new FileStream(join(blocked, 'pulse.log'), lostJsonLine);
    await new Promise<void>((resolve) => stream.write('{}\n', () => resolve()));
    rmSync(blocked);
    await new Promise<void>((resolve) => stream.end('{}\n', () => resolve()));
    const lines = readFileSync(join(blocked, 'pulse.log'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ lost: 1, level: 'warning' }, {}]);
  });

  it('hold debug lines when verbose', async () => {
    quietStderr();
    const log = open({ logDirectory: directory, verbose: true });
    log.log('PULSE_SENT', { word: 'lvs running' });
    await log.close();
    expect(readFileSync(join(directory, 'pulse.log'), 'utf8')).toContain('DEBUG -- Sending heartbeat...');
  });

  it('hold JSON on request, and debug lines only when verbose', async () => {
    quietStderr();
    const log = open({ logDirectory: directory, json: true });
    log.log('PULSE_SENT', { word: 'lvs running' });
    log.log('PULSE_PARTNER_DEAD', { silentMs: 7 });
    await log.close();
    const lines = readFileSync(join(directory, 'pulse.log'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ id: 'PULSE_PARTNER_DEAD', silentMs: 7 }]);
  });
});

describe('the history', () => {
  it('keeps the last 50 events above debug', async () => {
    quietStderr();
    const log = open({ verbose: true });
    for (let count = 0; count < 60; count += 1) log.log('PULSE_CLAIM_WAIT', { waitMs: count });
    log.log('PULSE_SENT');
    const history = log.history();
    expect(history).toHaveLength(50);
    expect(history[0]?.text).toBe('partner inactive: claiming in 10 ms');
    expect(history.at(-1)?.event).toBe('PULSE_CLAIM_WAIT');
    await log.close();
  });
});

describe('syslog', () => {
  it('gets every line as a datagram, also those written while it was full', async () => {
    const receiver = new DatagramReceiver(join(directory, 'log.sock'));
    const log = open();
    for (let count = 0; count < 40; count += 1) log.log('PULSE_CLAIM_WAIT', { waitMs: count });
    const lines: string[] = [];
    await until(() => lines.push(...receiver.read()) >= 40);
    expect(lines[0]).toMatch(
      /^<30>\w{3} [ \d]\d \d\d:\d\d:\d\d pulse\[\d+\]: partner inactive: claiming in 0 ms/,
    );
    expect(lines.map((line) => /claiming in (\d+) ms/.exec(line)?.[1])).toEqual(
      Array.from({ length: 40 }, (_, count) => String(count)),
    );
    await log.close();
    receiver.close();
  });

  it('that is away is told of once, and gets the waiting lines when it is back', async () => {
    const stderr = quietStderr();
    const log = open();
    log.log('PULSE_START_PRIMARY');
    log.log('PULSE_START_BACKUP');
    await until(() => stderr.length > 0);
    const receiver = new DatagramReceiver(join(directory, 'log.sock'));
    const lines: string[] = [];
    await until(() => lines.push(...receiver.read()) >= 2);
    expect(lines[0]).toContain('STARTING PULSE AS MASTER');
    expect(stderr.filter((line) => line.includes('does not answer'))).toHaveLength(1);
    await log.close();
    receiver.close();
  });

  it('that is restarted gets the next lines', async () => {
    quietStderr();
    const path = join(directory, 'log.sock');
    const first = new DatagramReceiver(path);
    const log = open();
    log.log('PULSE_START_PRIMARY');
    await until(() => first.read().length === 1);
    first.close();
    const second = new DatagramReceiver(path);
    log.log('PULSE_START_BACKUP');
    const lines: string[] = [];
    await until(() => lines.push(...second.read()) >= 1);
    expect(lines[0]).toContain('STARTING PULSE AS BACKUP');
    await log.close();
    second.close();
  });
});
