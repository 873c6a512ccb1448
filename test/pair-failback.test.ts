import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newBeatKeyLine } from '@piranha/protocol/beat';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pair } from './support/pair.js';
import { signal } from './support/processes.js';

const directory = mkdtempSync(join(tmpdir(), 'piranha-failback-'));
const keyFile = join(directory, 'beat.keys');

let pair: Pair;
beforeAll(() => writeFileSync(keyFile, `${newBeatKeyLine(1)}\n`, { mode: 0o600 }));
afterAll(() => rmSync(directory, { recursive: true }));

const primaryServes = () =>
  pair.waitFor('the primary to serve', async () => (await pair.primary.pulse()).state === 'active');

describe.each([
  ['with a key', `heartbeat_key = ${keyFile}`],
  ['that agree on a key', 'heartbeat_announce = 1'],
])('what directors %s know of each other', (_, line) => {
  beforeAll(() => {
    pair = new Pair({ lines: () => [line, 'failback_hold = 1'] });
    return pair.start();
  });
  afterAll(() => pair?.stop());

  it('gives a primary that was away its addresses back once it is ready, over a restart of pulse, without a failed request', async () => {
    await pair.settled();
    if ((await pair.primary.pulse()).state !== 'active') {
      await pair.backup.call(pair.backup.files.pulseSocket, 'handover', 10_000);
    }
    await primaryServes();
    await pair.primary.crash();
    await pair.waitFor('the backup to serve', async () => (await pair.backup.pulse()).state === 'active');
    const zeroMs = performance.now();
    const traffic = pair.traffic();
    await pair.waitFor('the absence to be noted', () => {
      const saved = readFileSync(pair.backup.files.pulseState, 'utf8');
      return JSON.parse(saved).primaryMissed === true;
    });
    pair.primary.start();
    // It has not been there for its hold time, and the process that saw it go is gone.
    await pair.waitFor(
      'the primary to be heard',
      async () => (await pair.backup.pulse()).partner === 'stopped',
    );
    const { pid } = await pair.backup.pulse();
    signal(pid, 'SIGKILL');
    await pair.waitFor('another pulse', async () => (await pair.backup.pulse()).pid !== pid);
    await primaryServes();
    await pair.settled();
    await traffic.stop();
    expect(traffic.describe(zeroMs)).toBe('');
    expect(await pair.holders()).toEqual(['primary']);
    const events = (await pair.backup.pulse()).history.map(({ event }) => event);
    expect(events).toContain('PULSE_FAILBACK');
    expect(events).toContain('PULSE_ADOPTED');
  });

  it('refuses a handover to a partner that an operator took out', async () => {
    await primaryServes();
    expect((await pair.backup.lvsctl('standby', 'on', '--reason', 'new memory')).status).toBe(0);
    await pair.waitFor('the primary to hear of it', async () =>
      JSON.stringify((await pair.primary.pulse()).heartbeat).includes('maintenance standby'),
    );
    const refused = await pair.primary.lvsctl('handover');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('the partner says: maintenance standby');
    expect((await pair.backup.lvsctl('standby', 'off')).status).toBe(0);
    expect(await pair.holders()).toEqual(['primary']);
  });
});
