import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { encodeHeartbeat } from '@piranha/protocol';
import { newKeyAgreement } from '@piranha/protocol/beat';
import { Announcer } from '@piranha/pulse/machines';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Director } from './support/director.js';
import { Pair } from './support/pair.js';
import { signal } from './support/processes.js';

let pair: Pair;
beforeAll(() => {
  pair = new Pair({ separateFiles: true, lines: () => ['heartbeat_announce = 1', 'heartbeat_encrypt = 1'] });
  return pair.start();
});
afterAll(() => pair?.stop());

const heartbeatOf = async (director: Director) => (await director.pulse()).heartbeat;
const both = (): readonly Director[] => [pair.primary, pair.backup];

/** Waits until both believe each other's beats, by one key. */
async function agreed(): Promise<number | undefined> {
  return pair.waitFor('a key that both have agreed on', async () => {
    const [one, other] = await Promise.all(both().map(heartbeatOf));
    const isProven = [one, other].every(
      (heartbeat) => heartbeat?.protocol === 'announced' && heartbeat.partner !== undefined,
    );
    return isProven && one?.keyId === other?.keyId ? one?.keyId : undefined;
  });
}

/** How often the logs tell of an event, over all that was restarted. */
function count(event: string, directors = both()): number {
  const logs = directors.map(({ logFile }) => readFileSync(logFile, 'utf8'));
  return logs.join('').split(`[${event}]`).length - 1;
}

describe('a pair that announces its protocol, without a key file', () => {
  it('agrees on a key, which nobody else can read', async () => {
    const keyId = await agreed();
    for (const { files, logFile } of both()) {
      expect(statSync(files.agreedKeys).mode & 0o777).toBe(0o600);
      const text = readFileSync(files.agreedKeys, 'utf8');
      const secret = text.trim().split('\n').at(-1)?.split(' ')[1] ?? '';
      expect(secret).toMatch(/^[0-9a-f]{64}$/);
      expect(text).toContain(`${keyId} ${secret} send`);
      expect(readFileSync(logFile, 'utf8')).not.toContain(secret);
    }
    const shown = await pair.primary.lvsctl('status', '--verbose');
    expect(shown.stdout).toContain(
      `authenticated and encrypted, sent by key ${keyId}, agreed on with the partner`,
    );
    expect(count('PULSE_KEY_AGREED')).toBe(2);
  });

  it('tells of the partner what only beats say', async () => {
    await pair.settled();
    for (const director of both()) {
      const { partner } = (await heartbeatOf(director)) ?? {};
      expect(partner?.readiness).toMatchObject({ serversUp: 3, serversTotal: 3 });
    }
    const loss = (await pair.primary.pulse()).paths.map(({ sent, received }) => received - sent);
    // Words beside beats are counted neither here nor there.
    for (const more of loss) expect(Math.abs(more)).toBeLessThan(20);
  });

  it('goes on by its key when a pulse is killed: no failover, and no other key', async () => {
    const { active, standby } = await pair.settled();
    const before = await agreed();
    const takeovers = count('PULSE_PARTNER_DEAD');
    for (const director of [active, standby]) {
      signal((await director.pulse()).pid, 'SIGKILL');
      await pair.settled();
      expect(await agreed()).toBe(before);
      expect((await director.lvsctl('restart', 'pulse')).status).toBe(0);
      await pair.settled();
      expect(await agreed()).toBe(before);
    }
    expect((await active.pulse()).active).toBe(true);
    expect(count('PULSE_PARTNER_DEAD')).toBe(takeovers);
  });

  it('agrees on another key with a director that was away', async () => {
    const { active, standby } = await pair.settled();
    const before = await agreed();
    await standby.crash();
    await pair.waitFor('silence', async () => (await active.pulse()).partner !== 'stopped');
    standby.start();
    await pair.settled();
    await agreed();
    // It lost all that it knew.
    signal(await standby.guardianPid(), 'SIGTERM');
    expect(await standby.ended()).toBe(0);
    expect(existsSync(standby.files.agreedKeys)).toBe(false);
    standby.start();
    await pair.settled();
    expect(await agreed()).not.toBe(before);
    expect((await active.pulse()).active).toBe(true);
  });

  it('speaks words with a partner that no longer announces, and comes back, without a takeover', async () => {
    const { active, standby } = await pair.settled();
    await agreed();
    const file = standby === pair.primary ? pair.configFile : pair.backupFile;
    const text = readFileSync(file, 'utf8');
    const moves = count('PULSE_ACTIVE');
    const falls = () => count('PULSE_WORDS_COUNT', [active]);
    const before = falls();
    writeFileSync(file, text.replace('heartbeat_announce = 1', 'heartbeat_announce = 0'));
    expect((await standby.lvsctl('reload')).status).toBe(0);
    await pair.waitFor('words on both', async () => {
      return (await heartbeatOf(standby))?.protocol === 'words' && falls() > before;
    });
    expect((await heartbeatOf(standby))?.announcing).toBeUndefined();
    writeFileSync(file, text);
    expect((await standby.lvsctl('reload')).status).toBe(0);
    await agreed();
    const { active: holder } = await pair.settled();
    expect(holder).toBe(active);
    expect(count('PULSE_ACTIVE')).toBe(moves);
    expect(count('PULSE_SPLIT_HEALED')).toBe(0);
  });

  it('is not moved by words that somebody else sends in the name of the partner', async () => {
    const { active, standby } = await pair.settled();
    await agreed();
    const moves = count('PULSE_ACTIVE');
    const { layout } = pair;
    const from = active === pair.primary ? layout.primary : layout.backup;
    const to = active === pair.primary ? layout.backup : layout.primary;
    const socket = createSocket('udp4').bind(0, from);
    await once(socket, 'listening');
    const key = new Announcer(newKeyAgreement());
    const keyId = await agreed();
    for (let sent = 0; sent < 100; sent += 1) {
      const word = encodeHeartbeat('lvs stopped');
      socket.send(sent % 2 === 0 ? word : key.announce(word), layout.heartbeatPort, to);
      await wait(20);
    }
    socket.close();
    expect((await standby.pulse()).state).toBe('standby');
    expect(count('PULSE_ACTIVE')).toBe(moves);
    expect(await agreed()).toBe(keyId);
  });

  it('hands over and fails over as ever', async () => {
    const { active, standby } = await pair.settled();
    await agreed();
    const traffic = pair.traffic();
    await active.call(active.files.pulseSocket, 'handover', 30_000);
    await pair.waitFor('the move', async () => (await standby.pulse()).active);
    await pair.stopTraffic();
    expect(traffic.failures).toEqual([]);
    await standby.crash();
    await pair.waitFor('the takeover', async () => (await active.pulse()).active);
    expect(await pair.holders()).toEqual([active.role]);
  });
});
