import { spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { encodeHeartbeat } from '@piranha/protocol';
import { BeatCrypto, loadBeatKeys, newBeatKeyLine, newBootId, sealBeat } from '@piranha/protocol/beat';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Director } from './support/director.js';
import { Pair } from './support/pair.js';
import { DEADTIME_SECONDS } from './support/pair-configuration.js';
import { signal } from './support/processes.js';
import { runProgram } from './support/run-program.js';

const DEADTIME_MS = DEADTIME_SECONDS * 1_000;

const directory = mkdtempSync(join(tmpdir(), 'piranha-beats-'));
const keyFile = join(directory, 'beat.keys');
const writeKeys = (...lines: readonly string[]) =>
  writeFileSync(keyFile, `${lines.join('\n')}\n`, { mode: 0o600 });
const OLD_KEY = newBeatKeyLine(1);
const NEW_KEY = newBeatKeyLine(2);

let pair: Pair;
beforeAll(() => {
  writeKeys(OLD_KEY);
  pair = new Pair({ lines: () => [`heartbeat_key = ${keyFile}`, 'heartbeat_encrypt = 1'] });
  return pair.start();
});
afterAll(async () => {
  await pair?.stop();
  rmSync(directory, { recursive: true });
});

const other = ({ role }: Director) => (role === 'primary' ? pair.backup : pair.primary);

/** Everything that a takeover or a lost partner would change. */
async function rolesOf(): Promise<unknown> {
  const statuses = await Promise.all([pair.primary.pulse(), pair.backup.pulse()]);
  return statuses.map(({ state, since, partner }) => ({ state, since, partner }));
}

/** A socket from which packets come that bear the address of one director. */
async function attackerAs(address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  return socket;
}

/** Packets of an earlier life of a director that served, as they were once on the wire. */
function recordedLife(node: 'primary' | 'backup', count: number): readonly Buffer[] {
  const ring = loadBeatKeys(keyFile);
  const sealer = new BeatCrypto(ring);
  const boot = newBootId();
  return Array.from({ length: count }, (_, index) => {
    const header = { keyId: ring.sendId, boot, sequence: index + 1, sealed: index % 2 === 0 };
    const sealed = sealBeat(sealer, header, {
      node,
      keepaliveMs: 250,
      deadtimeMs: 1_000,
      priority: 200,
      groups: [{ name: 'main', duty: 'active', ...(index % 3 === 0 ? { asksRelease: true } : {}) }],
      readiness: { tableLoaded: true, firstVerdicts: true, serversUp: 3, serversTotal: 3 },
      configuration: { hash: '0'.repeat(16), serial: 1 },
      reason: 'recorded',
      hears: [],
      path: { name: 'public', sent: index + 1 },
    });
    if (sealed.type === 'refused') throw new Error(sealed.reason);
    return sealed.packet;
  });
}

/** Root of a container may lack CAP_SYS_NICE. */
function mayRaisePriority(): boolean {
  return spawnSync('nice', ['-n', '-1', 'true'], { encoding: 'utf8' }).stderr === '';
}

describe('a pair with a key', () => {
  it('hands over and back without a failed request', async () => {
    for (let turn = 0; turn < 2; turn += 1) {
      const { active, standby } = await pair.settled();
      const zeroMs = performance.now();
      const traffic = pair.traffic();
      const answer = await active.call(active.files.pulseSocket, 'handover', 10_000);
      expect(answer).toMatchObject({ ok: true });
      await traffic.stop();
      expect(traffic.describe(zeroMs)).toBe('');
      expect((await pair.settled()).active.role).toBe(standby.role);
      expect(await pair.holders()).toEqual([standby.role]);
    }
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    '%s of the worker: the guardian is believed in its stead, nothing fails over',
    async (fault) => {
      const { active, standby } = await pair.settled();
      const before = await rolesOf();
      const { pid } = await active.pulse();
      expect(signal(pid, fault)).toBe(true);
      await pair.waitFor('another worker', async () => (await active.pulse()).pid !== pid);
      await pause(2 * DEADTIME_MS);
      await pair.settled();
      expect(await rolesOf()).toEqual(before);
      expect(await pair.holders()).toEqual([active.role]);
      expect(await standby.events()).not.toContain('PULSE_PARTNER_LOST');
    },
  );

  it('goes on with a worker that stood still for a moment only', async () => {
    const { active, standby } = await pair.settled();
    const before = await rolesOf();
    const { pid } = await active.pulse();
    const standIns = () => readFileSync(active.logFile, 'utf8').split('guardian beats for it').length;
    const standInsBefore = standIns();
    for (let turn = 0; turn < 3; turn += 1) {
      expect(signal(pid, 'SIGSTOP')).toBe(true);
      // Long enough for the guardian to stand in, too short for it to end the worker.
      await pause(700);
      expect(signal(pid, 'SIGCONT')).toBe(true);
      await pause(2 * DEADTIME_MS);
    }
    expect((await active.pulse()).pid).toBe(pid);
    expect(await active.events()).not.toContain('PULSE_SLEPT');
    expect(standIns()).toBe(standInsBefore + 3);
    expect(await rolesOf()).toEqual(before);
    expect(await standby.events()).not.toContain('PULSE_PARTNER_LOST');
  });

  it('is not moved by recordings of earlier lives, words and noise, and its log does not fill', async () => {
    const { active, standby } = await pair.settled();
    const before = await rolesOf();
    const { primary, backup, heartbeatPort } = pair.layout;
    const linesBefore = readFileSync(active.logFile, 'utf8').split('\n').length;
    const ends = { primary, backup } as const;
    for (const victim of [active, standby]) {
      const sender = other(victim).role;
      const socket = await attackerAs(ends[sender]);
      const hostile = [
        ...recordedLife(sender, 300),
        ...recordedLife(victim.role, 300),
        ...Array.from({ length: 300 }, () => encodeHeartbeat('lvs running')),
        ...Array.from({ length: 300 }, () => encodeHeartbeat('fos go inactive')),
        ...Array.from({ length: 300 }, (_, index) => Buffer.alloc(index * 5, 'PIR1')),
      ];
      for (const [index, packet] of hostile.entries()) {
        socket.send(packet, heartbeatPort, ends[victim.role]);
        if (index % 50 === 0) await pause(5);
      }
      await pause(DEADTIME_MS);
      socket.close();
    }
    expect(await rolesOf()).toEqual(before);
    expect(await pair.holders()).toEqual([active.role]);
    const log = readFileSync(active.logFile, 'utf8');
    expect(log).toContain('heartbeat packets dropped');
    expect(log.split('\n').length - linesBefore).toBeLessThan(30);
  });

  it('takes a new key in three steps, by reloads, without losing its partner', async () => {
    const { active } = await pair.settled();
    const before = await rolesOf();
    const steps = [[`${OLD_KEY} send`, NEW_KEY], [OLD_KEY, `${NEW_KEY} send`], [NEW_KEY]];
    for (const lines of steps) {
      writeKeys(...lines);
      for (const director of [active, other(active)]) {
        const answer = await director.call(director.files.pulseSocket, 'reload', 20_000);
        expect(answer).toMatchObject({ ok: true });
        await pause(1.5 * DEADTIME_MS);
      }
    }
    expect(await rolesOf()).toEqual(before);
    for (const director of [pair.primary, pair.backup]) {
      expect(await director.events()).not.toContain('PULSE_PARTNER_LOST');
    }
  });

  it('refuses a broken key file at a reload, and goes on with the keys that it has', async () => {
    const before = await rolesOf();
    writeKeys('1 nonsense');
    const { active } = await pair.settled();
    const answer = await active.call(active.files.pulseSocket, 'reload', 20_000);
    writeKeys(NEW_KEY);
    expect(answer).toMatchObject({ ok: false, diagnostics: [expect.stringContaining(`${keyFile}:1:3`)] });
    await pause(1.5 * DEADTIME_MS);
    expect(await rolesOf()).toEqual(before);
  });

  it('shows in lvsctl status what the partner says of itself, and an lvs.cf that differs', async () => {
    const { active, standby } = await pair.settled();
    const statusOf = async ({ files: { directory: runDirectory } }: Director) => {
      const words = ['status', '--verbose', '--run-dir', runDirectory];
      return (await runProgram('lvsctl', words, runDirectory)).stdout;
    };
    const alike = await statusOf(active);
    expect(alike).toMatch(/protocol +authenticated and encrypted, sent by key 2/);
    expect(alike).toMatch(/session +open for/);
    expect(alike).toMatch(/partner +standby, priority/);
    expect(alike).toMatch(/ready +ready, 3 of 3 servers up/);
    expect(alike).toMatch(/lvs\.cf +as here/);
    expect(alike).toMatch(/hears us +public 0\.\d s ago, private 0\.\d s ago/);
    expect(alike).toMatch(/dropped .*no envelope/);
    expect(alike).not.toContain('DIFFERS');

    const reload = (director: Director) => director.call(director.files.pulseSocket, 'reload', 20_000);
    writeFileSync(pair.configFile, `serial_no = 5\n${readFileSync(pair.configFile, 'utf8')}`);
    expect(await reload(active)).toMatchObject({ ok: true });
    await pair.waitFor('the difference in the status', async () =>
      /lvs\.cf +DIFFERS from the partner's: serial_no 0 here, 5 there/.test(await statusOf(standby)),
    );
    // Whoever reads a file speaks at once; the other one is heard with its next beat.
    await pair.waitFor('the difference on the other side', async () =>
      /lvs\.cf +DIFFERS from the partner's: serial_no 5 here, 0 there/.test(await statusOf(active)),
    );
    expect(await reload(standby)).toMatchObject({ ok: true });
    await pair.waitFor('no difference any more', async () =>
      (await active.events()).includes('PULSE_CONFIG_ALIKE'),
    );
    for (const director of [active, standby]) {
      const events = await director.events();
      expect(events.filter((event) => event === 'PULSE_CONFIG_DIFFERS')).toHaveLength(1);
      expect(await statusOf(director)).not.toContain('DIFFERS');
    }
  });

  it('refuses to drop or take keys under a partner that is there: neither would believe the other', async () => {
    const before = await rolesOf();
    const text = readFileSync(pair.configFile, 'utf8');
    writeFileSync(pair.configFile, text.replace(/^heartbeat_(key|encrypt).*\n/gm, ''));
    const { active } = await pair.settled();
    const answer = await active.call(active.files.pulseSocket, 'reload', 20_000);
    expect(answer).toMatchObject({ ok: false, diagnostics: [expect.stringContaining('heartbeat_key')] });
    // Nor does a crash take the file that was refused.
    const { pid } = await active.pulse();
    expect(signal(pid, 'SIGKILL')).toBe(true);
    await pair.waitFor('another worker', async () => (await active.pulse()).pid !== pid);
    await pause(1.5 * DEADTIME_MS);
    writeFileSync(pair.configFile, text);
    expect(await active.events()).toContain('PULSE_PROTOCOL_KEPT');
    expect(await rolesOf()).toEqual(before);
  });

  it('shows no part of a key to others', () => {
    const secret = NEW_KEY.split(' ')[1] ?? '';
    for (const director of [pair.primary, pair.backup]) {
      expect(readFileSync(director.logFile, 'utf8')).not.toContain(secret);
      for (const { pid } of director.processes()) {
        expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(secret);
      }
    }
  });

  it.skipIf(!mayRaisePriority())(
    'runs pulse before busy neighbours, and what pulse starts like all others',
    () => {
      for (const director of [pair.primary, pair.backup]) {
        const nice = director.processes().map(({ program, pid }) => [program, getPriority(pid)]);
        expect(Object.fromEntries(nice)).toMatchObject({
          pulse: -15,
          'pulse-worker': -15,
          lvsd: 0,
          nanny: 0,
        });
      }
    },
  );

  it('says why a worker that died cannot start while the key file is broken, and never speaks words instead', async () => {
    // Its guardian counts the deaths of the last half minute, and hands over after five: one that has seen none.
    const earlier = await pair.settled();
    await earlier.standby.crash();
    earlier.standby.start();
    await pair.settled();
    expect(await earlier.active.call(earlier.active.files.pulseSocket, 'handover', 10_000)).toMatchObject({
      ok: true,
    });
    const { active, standby } = await pair.settled();
    expect(active.role).toBe(earlier.standby.role);
    const { pid } = await active.pulse();
    const refusals = () =>
      readFileSync(active.logFile, 'utf8').match(/pulse cannot start: .*beat\.keys.*/g) ?? [];
    const deaths = async () =>
      (await standby.events()).filter((event) => event === 'PULSE_PARTNER_DEAD').length;
    const deathsBefore = await deaths();
    const traffic = pair.traffic();
    writeKeys('1 nonsense');
    signal(pid, 'SIGKILL');
    await pair.waitFor('the refusal in the log', () => refusals().length > 0);
    writeKeys(NEW_KEY);
    await pair.waitFor('another pulse', async () => (await active.pulse()).pid !== pid);
    await pair.settled();
    await traffic.stop();
    expect(traffic.failures).toEqual([]);
    expect((await active.pulse()).heartbeat).toMatchObject({ protocol: 'authenticated' });
    expect(await active.pulse()).toMatchObject({ state: 'active' });
    expect(await deaths()).toBe(deathsBefore);
  });

  it('fails over when the active director dies, and takes it back as a standby', async () => {
    const { active, standby } = await pair.settled();
    await active.crash();
    await pair.waitFor('the other one active', async () => (await standby.pulse()).state === 'active');
    expect(await pair.holders()).toEqual([standby.role]);
    active.start();
    expect((await pair.settled()).active.role).toBe(standby.role);
  });

  it('lets go of what an end of pulse left, once it has listened to a partner that serves meanwhile', async () => {
    const { active, standby } = await pair.settled();
    const gone = active.processes().filter(({ program }) => /^pulse/.test(program));
    expect(gone).toHaveLength(2);
    for (const { pid } of gone) signal(pid, 'SIGKILL');
    await pair.waitFor('the other one active', async () => (await standby.pulse()).state === 'active');
    expect(await pair.holders()).toHaveLength(2);
    const { since } = await standby.pulse();
    active.start();
    expect((await pair.settled()).active.role).toBe(standby.role);
    const events = await active.events();
    expect(events).toContain('PULSE_ADOPT_LISTENING');
    expect(events).not.toContain('PULSE_AWAKE');
    expect((await standby.pulse()).since).toBe(since);
    expect(await pair.holders()).toEqual([standby.role]);
    expect(splitsToldBy(active).at(-1)).toContain('both had the addresses since before this pulse began');
  });

  it('does not believe a partner with another key; once they share one, both tell for how long both served', async () => {
    const { active, standby } = await pair.settled();
    await standby.crash();
    writeKeys(newBeatKeyLine(2));
    standby.start();
    await pair.waitFor('a stranger that serves', async () => (await standby.pulse()).state === 'active');
    await pause(2 * DEADTIME_MS);
    const { state, partner } = await active.pulse();
    expect({ state, partner }).toEqual({ state: 'active', partner: 'silent' });
    expect(readFileSync(active.logFile, 'utf8')).toContain('not authentic');
    const told = () => [active, standby].map((director) => splitsToldBy(director).length);
    const before = told();
    // The standby gets its partner's key: the two that serve hear each other.
    writeKeys(NEW_KEY);
    expect((await standby.lvsctl('reload')).status).toBe(0);
    await pair.settled();
    await pair.waitFor('both to tell of it', () =>
      told().every((count, index) => count > (before[index] ?? 0)),
    );
    expect(told()).toEqual(before.map((count) => count + 1));
    expect(splitsToldBy(pair.backup).at(-1)).toMatch(
      /the partner both had the addresses for at most [\d.]+ s: the partner keeps them \(tie: the backup yields\)/,
    );
    expect(await pair.holders()).toEqual(['primary']);
  });
});

/** The lines by which a director said that two had the addresses. */
function splitsToldBy({ logFile }: Director): readonly string[] {
  return readFileSync(logFile, 'utf8')
    .split('\n')
    .filter((line) => line.includes('[PULSE_SPLIT_HEALED]'));
}
