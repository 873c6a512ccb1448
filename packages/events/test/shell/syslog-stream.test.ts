import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventLog } from '../../src/event-log.js';
import { openEventLog } from '../../src/shell/open-event-log.js';
import { DatagramListener } from '../support/datagram-listener.js';

/** The stream tries an absent listener again each second; a busy machine takes longer. */
const PATIENCE = { timeout: 20_000, interval: 20 };

let directory = '';
let path = '';
let complaints: string[] = [];
let listener: DatagramListener | undefined;
let log: EventLog;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'syslog-'));
  path = join(directory, 'log');
  complaints = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    complaints.push(String(chunk));
    return true;
  });
  log = openEventLog({ ident: 'pulse', foreground: false }, path);
});

afterEach(async () => {
  await log.close();
  listener?.close();
  listener = undefined;
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

/** Collects until so many lines came. */
async function collect(count: number): Promise<string[]> {
  const lines: string[] = [];
  await vi.waitFor(() => {
    lines.push(...(listener?.read() ?? []));
    expect(lines.length).toBeGreaterThanOrEqual(count);
  }, PATIENCE);
  return lines;
}

function waitsOf(lines: readonly string[]): number[] {
  return lines.map((line) => Number(/in (\d+) ms/.exec(line)?.[1]));
}

function logWaits(count: number): number[] {
  const waits = Array.from({ length: count }, (_, index) => index);
  for (const waitMs of waits) log.log('PULSE_CLAIM_WAIT', { waitMs });
  return waits;
}

describe('syslog', () => {
  it('gets facility, severity, local time, ident and pid', async () => {
    listener = new DatagramListener(path);
    log.log('PULSE_PARTNER_DEAD', { silentMs: 3 });
    log.log('NANNY_SERVER_UP', { server: '10.0.0.1:80' }, 77);
    const [dead, up] = await collect(2);
    expect(dead).toMatch(
      /^<28>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d pulse\[\d+\]: partner dead: activating lvs \[PULSE_PARTNER_DEAD\] silentMs=3$/,
    );
    expect(up).toMatch(/^<30>.* nanny\[77\]: \[ active \] making 10\.0\.0\.1:80 available /);
  });

  it('loses nothing when the listener is slower than we are', async () => {
    listener = new DatagramListener(path);
    const waits = logWaits(300);
    expect(waitsOf(await collect(300))).toEqual(waits);
  });

  it('drops the oldest lines beyond its ring, and says how many', async () => {
    listener = new DatagramListener(path);
    logWaits(700);
    const first = waitsOf(listener.read());
    const rest = await collect(501);
    const dropped = 700 - first.length - 500;
    expect(rest.at(-1)).toMatch(new RegExp(`^<28>piranha\\[\\d+\\]: ${dropped} log lines were dropped$`));
    expect(waitsOf(rest.slice(0, -1))).toEqual(Array.from({ length: 500 }, (_, index) => index + 200));
  });

  it('complains once on stderr while nobody listens, and sends what waited', async () => {
    logWaits(3);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain('claiming in 0 ms');
    listener = new DatagramListener(path);
    expect(waitsOf(await collect(3))).toEqual([0, 1, 2]);
  });

  it('finds a listener that was restarted', async () => {
    listener = new DatagramListener(path);
    logWaits(1);
    await collect(1);
    listener.close();
    listener = new DatagramListener(path);
    logWaits(2);
    expect(waitsOf(await collect(2))).toEqual([0, 1]);
  });

  it('waits at the close for a listener that is busy', async () => {
    listener = new DatagramListener(path);
    const waits = logWaits(60);
    const closed = log.close();
    expect(waitsOf(await collect(60))).toEqual(waits);
    await closed;
  });
});
