import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerOrder } from '@piranha/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMaintenanceDirectory } from '../../src/shell/maintenance-directory.js';
import { MaintenanceStore } from '../../src/shell/maintenance-store.js';

const ORDER: ServerOrder = {
  place: 'tcp 10.0.0.9:80 10.0.0.11:80',
  kind: 'drain',
  by: 'root',
  at: '2026-03-01T12:00:00.000Z',
  reason: 'new disk',
  version: 3,
};

const NOBODY = 65_534;

let directory: string;
let lines: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'orders-'));
  lines = [];
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function store(path = join(directory, 'state', 'server-orders')): MaintenanceStore {
  return new MaintenanceStore(path, { log: (id, fields) => lines.push(`${id} ${JSON.stringify(fields)}`) });
}

describe('MaintenanceStore', () => {
  const path = () => join(directory, 'state', 'server-orders');

  it('finds again what it kept, in a file of its own that nobody else may read', async () => {
    expect(store().read()).toEqual([]);
    await store().save([ORDER]);
    await store().save([ORDER]);
    expect(store().read()).toEqual([ORDER]);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(directory, 'state'))).toEqual(['server-orders']);
    expect(lines).toEqual([]);
  });

  it.each([
    ['what is no JSON', 'orders', 0o600],
    ['what is cut off', JSON.stringify({ version: 1, orders: [ORDER] }).slice(0, -5), 0o600],
    ['no orders', '{"orders":{}}', 0o600],
    ['a bad order', JSON.stringify({ orders: [{ ...ORDER, version: -1 }] }), 0o600],
    ['what everybody may write', JSON.stringify({ orders: [ORDER] }), 0o666],
    ['what is far too long', ' '.repeat(16 * 1024 * 1024 + 1), 0o600],
  ])('tells of %s and sets it aside', async (_, text, mode) => {
    mkdirSync(join(directory, 'state'));
    writeFileSync(path(), text);
    chmodSync(path(), mode);
    expect(store().read()).toEqual([]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('LVSD_ORDERS_BROKEN');
    expect(existsSync(path())).toBe(false);
    expect(readFileSync(`${path()}.broken`, 'utf8')).toBe(text);
    await store().save([ORDER]);
    expect(store().read()).toEqual([ORDER]);
  });

  it('says that it cannot write', async () => {
    writeFileSync(join(directory, 'file'), '');
    const blocked = store(join(directory, 'file', 'server-orders'));
    await expect(blocked.save([ORDER])).rejects.toMatchObject({ code: 'LVSD_STATE_UNWRITABLE' });
    expect(lines[0]).toContain('LVSD_STATE_UNWRITABLE');
    expect(blocked.read()).toEqual([]);
  });

  it('leaves nothing behind where it could not write to the end', async () => {
    mkdirSync(path(), { recursive: true });
    await expect(store().save([ORDER])).rejects.toMatchObject({ code: 'LVSD_STATE_UNWRITABLE' });
    expect(readdirSync(join(directory, 'state'))).toEqual(['server-orders']);
  });
});

describe('readMaintenanceDirectory', () => {
  it('takes plain files by name, and nothing that nobody meant', async () => {
    for (const name of ['web2', '10.0.0.11:80', '.hidden', 'web1~', '.web1.swp', 'web1.rpmsave']) {
      writeFileSync(join(directory, name), `disable ${'x'.repeat(5_000)}`);
    }
    mkdirSync(join(directory, 'sub'));
    symlinkSync(join(directory, 'nowhere'), join(directory, 'dangling'));
    const look = await readMaintenanceDirectory(directory);
    if (!look.ok) throw new Error(look.problem);
    expect(look.files.map(({ name }) => name)).toEqual(['10.0.0.11:80', 'web2']);
    expect(look.files[0]?.text).toHaveLength(1_024);
    expect(Date.parse(look.files[0]?.at ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });

  it('is not held up by what cannot be opened', async () => {
    writeFileSync(join(directory, 'web2'), 'disable');
    symlinkSync('web3', join(directory, 'web3'));
    const socket = createServer().listen(join(directory, 'web4'));
    await once(socket, 'listening');
    const look = await readMaintenanceDirectory(directory);
    socket.close();
    expect(look).toMatchObject({ ok: true, files: [{ name: 'web2', text: 'disable' }] });
  });

  it('obeys a file that it may not read, by its name', async () => {
    writeFileSync(join(directory, 'web2'), 'disable', { mode: 0o000 });
    chmodSync(directory, 0o755);
    const isRoot = process.geteuid?.() === 0;
    // Root reads everything.
    if (isRoot) process.seteuid?.(NOBODY);
    const look = await readMaintenanceDirectory(directory);
    if (isRoot) process.seteuid?.(0);
    expect(look).toMatchObject({ ok: true, files: [{ name: 'web2', text: '' }] });
  });

  it('finds nothing where there is no directory', async () => {
    const nothing = { ok: true, isMissing: true, files: [], unreadable: [] };
    expect(await readMaintenanceDirectory(join(directory, 'none'))).toEqual(nothing);
  });

  it('does not obey a directory that everybody may write to, or what is none', async () => {
    chmodSync(directory, 0o777);
    expect(await readMaintenanceDirectory(directory)).toEqual({
      ok: false,
      problem: 'everybody may write to it',
    });
    writeFileSync(join(directory, 'file'), '', { mode: 0o600 });
    expect((await readMaintenanceDirectory(join(directory, 'file'))).ok).toBe(false);
  });
});
