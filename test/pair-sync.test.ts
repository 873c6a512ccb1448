import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newBeatKeyLine } from '@piranha/protocol/beat';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Director } from './support/director.js';
import { Pair } from './support/pair.js';

const directory = mkdtempSync(join(tmpdir(), 'piranha-sync-'));
const keyFile = join(directory, 'beat.keys');

let pair: Pair;
beforeAll(() => {
  writeFileSync(keyFile, newBeatKeyLine(1), { mode: 0o600 });
  pair = new Pair({ separateFiles: true, lines: () => ['serial_no = 4', `heartbeat_key = ${keyFile}`] });
  chmodSync(pair.backupFile, 0o640);
  return pair.start();
});
afterAll(async () => {
  await pair?.stop();
  rmSync(directory, { recursive: true });
});

const textOf = (file: string) => readFileSync(file, 'utf8');
const edit = (file: string, from: string | RegExp, to: string) =>
  writeFileSync(file, textOf(file).replace(from, to));

/** What a director is to give its first server. */
async function weightAt(director: Director): Promise<number | undefined> {
  return (await director.lvsd()).services[0]?.servers[0]?.configuredWeight;
}

describe('lvsctl sync', () => {
  it('shows what would change, and changes nothing, with --dry-run', async () => {
    edit(pair.configFile, 'weight = 1', 'weight = 5');
    const before = [textOf(pair.configFile), textOf(pair.backupFile)];
    const ran = await pair.primary.lvsctl('sync', 'push', '--dry-run');
    expect(ran.status).toBe(0);
    expect(ran.stdout).toMatch(/^-.*weight = 1$/m);
    expect(ran.stdout).toMatch(/^\+.*weight = 5$/m);
    expect(ran.stderr).toContain('the partner would take it, serial_no 5');
    expect([textOf(pair.configFile), textOf(pair.backupFile)]).toEqual(before);
    expect(await weightAt(pair.backup)).toBe(1);
  });

  it('pushes: checked and in use on both, serial_no raised, mode kept, old file kept, told on both', async () => {
    const old = textOf(pair.backupFile);
    const traffic = pair.traffic();
    const ran = await pair.primary.lvsctl('sync', 'push');
    expect(ran).toMatchObject({ status: 0, stderr: expect.stringContaining('serial_no 5') });
    const text = textOf(pair.backupFile);
    expect(text).toBe(textOf(pair.configFile));
    expect(text).toMatch(/^serial_no = 5$/m);
    expect(statSync(pair.backupFile).mode & 0o777).toBe(0o640);
    expect(textOf(`${pair.backupFile}.bak.1`)).toBe(old);
    for (const director of [pair.primary, pair.backup]) expect(await weightAt(director)).toBe(5);
    await traffic.stop();
    expect(traffic.describe(0)).toBe('');
    const [sent, taken] = [textOf(pair.primary.logFile), textOf(pair.backup.logFile)];
    expect(sent).toMatch(
      /ordered by .+: serial_no 5 \[PULSE_SYNC_SENT\] oldHash=[0-9a-f]{16} hash=[0-9a-f]{16} oldSerial=4/,
    );
    expect(taken).toMatch(
      /taken from 127.+ on the primary: serial_no 4 to 5 \[PULSE_SYNC_TAKEN\] oldHash=[0-9a-f]{16} hash=/,
    );
    const again = await pair.primary.lvsctl('sync', 'push');
    expect(again).toMatchObject({ status: 0, stdout: '', stderr: expect.stringContaining('in use') });
  });

  it('refuses to push over a newer file and over an edit, and pulls the newer one', async () => {
    edit(pair.backupFile, 'serial_no = 5', 'serial_no = 9');
    edit(pair.backupFile, 'weight = 5', 'weight = 7');
    const newer = await pair.primary.lvsctl('sync', 'push', '--json');
    expect(newer.status).toBe(1);
    expect(JSON.parse(newer.stdout)).toMatchObject({ ok: false, code: 'SYNC_NEWER', changed: false });
    const unread = await pair.primary.lvsctl('sync', 'pull');
    expect(unread).toMatchObject({ status: 1, stderr: expect.stringContaining('SYNC_EDITED') });
    expect(await weightAt(pair.primary)).toBe(5);
    expect((await pair.backup.lvsctl('reload')).status).toBe(0);
    expect(await pair.primary.lvsctl('sync', 'pull')).toMatchObject({ status: 0 });
    expect(textOf(pair.configFile)).toBe(textOf(pair.backupFile));
    expect(await weightAt(pair.primary)).toBe(7);
    await pair.waitFor('both to know that the files are alike', async () =>
      (await pair.primary.events()).includes('PULSE_CONFIG_ALIKE'),
    );
  });

  it('gives away nothing that is broken, and does not move the heartbeats', async () => {
    const good = textOf(pair.configFile);
    edit(pair.configFile, 'weight = 7', 'wieght = 7');
    const broken = await pair.primary.lvsctl('sync', 'push');
    expect(broken.status).toBe(1);
    expect(broken.stderr).toMatch(/lvs\.cf:\d+:\d+: error/);
    writeFileSync(pair.configFile, good.replace(/heartbeat_port = \d+/, 'heartbeat_port = 31999'));
    const moved = await pair.primary.lvsctl('sync', 'push', '--dry-run');
    expect(moved).toMatchObject({ status: 1, stderr: expect.stringContaining('SYNC_LINK') });
    expect(textOf(pair.backupFile)).toBe(good);
    writeFileSync(pair.configFile, good);
    expect(await pair.holders()).toHaveLength(1);
  });

  it('carries orders about servers, given on either director', async () => {
    const phases = async () => {
      const both = await Promise.all([pair.primary, pair.backup].map((director) => director.lvsd()));
      return both.map(({ services }) => services[0]?.servers[1]?.maintenance?.phase);
    };
    const drained = await pair.primary.lvsctl('drain', 's1', '--reason', 'new disk');
    expect(drained).toMatchObject({ status: 0, stdout: expect.stringContaining('drained') });
    await pair.waitFor('s1 to be out on both', async () => (await phases()).every((is) => is === 'drained'));
    expect((await pair.backup.lvsctl('enable', 's1')).status).toBe(0);
    await pair.waitFor('s1 to be back on both', async () => (await phases()).every((is) => is === undefined));
  });

  it('says where the partner cannot be reached', async () => {
    await pair.backup.crash();
    const ran = await pair.primary.lvsctl('sync', 'push');
    expect(ran).toMatchObject({ status: 1, stderr: expect.stringContaining('SYNC_UNREACHABLE') });
  });
});
