import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { placedServers } from '../../src/core/find-servers.js';
import { FileOrders } from '../../src/shell/file-orders.js';
import type { LookUp } from '../../src/shell/host-names.js';
import { readMaintenanceDirectory } from '../../src/shell/maintenance-directory.js';
import { configurationOf, realServer, virtualServer } from '../support.js';

const configuration = configurationOf([
  virtualServer({ servers: [realServer(), realServer({ name: 'two', address: '10.0.0.12' })] }),
]);
const ONE = 'tcp 10.0.0.9:80 10.0.0.11:80';

let directory: string;
let orders: string;
let lines: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'orders-'));
  orders = join(directory, 'out');
  mkdirSync(orders, { mode: 0o755 });
  lines = [];
});

afterEach(() => rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }));

const file = () => join(directory, 'state', 'file-orders');
const log = {
  log: (id: string, fields = {}) => {
    lines.push(`${id} ${JSON.stringify(fields)}`);
  },
};

function made(read?: typeof readMaintenanceDirectory, lookUp: LookUp = async () => []): FileOrders {
  return new FileOrders({ file: file(), log, lookUp, ...(read ? { read } : {}) });
}

function decide(files: FileOrders): string[] {
  const serving = { configuration, placed: placedServers(configuration), healthOf: () => 'up' as const };
  files.decide({ serving, record: [], found: undefined, isSettled: () => true });
  return [...files.inForce.keys()];
}

const look = (files: FileOrders) => files.look(orders, () => true);

describe('the orders of files', () => {
  it('may be named by a host name, as with ldirectord, and go on while no name service answers', async () => {
    let answers: readonly string[] | undefined = ['10.0.0.11'];
    const lookUp: LookUp = async () => answers;
    writeFileSync(join(orders, 'web1.example.com:80'), '');
    const files = made(undefined, lookUp);
    expect(await look(files)).toBe(true);
    // Nobody waits for the answer, and nothing is said of the file before it is there.
    expect([decide(files), lines]).toEqual([[], []]);
    await vi.waitFor(async () => expect(await look(files)).toBe(true));
    expect(decide(files)).toEqual([ONE]);
    answers = undefined;
    const later = made(undefined, lookUp);
    await vi.waitFor(async () => {
      if (await look(later)) expect(decide(later)).toEqual([ONE]);
      expect(lines).toEqual([expect.stringMatching(/^LVSD_FILE_IGNORED .*web1\.example\.com:80/)]);
    });
    answers = [];
    const last = made(undefined, lookUp);
    await vi.waitFor(async () => expect((await look(last)) && decide(last)).toEqual([]));
  });

  it('of a name that lvs.cf has are no matter of a name service', async () => {
    const asked: string[] = [];
    const lookUp: LookUp = async (name) => {
      asked.push(name);
      return [];
    };
    for (const name of ['one:80', 'nobody', 'two']) writeFileSync(join(orders, name), '');
    const files = made(undefined, lookUp);
    await look(files);
    expect(decide(files)).toEqual([ONE]);
    await vi.waitFor(async () => expect(await look(files)).toBe(true));
    expect(asked).toEqual(['nobody']);
  });

  it('go on after a start that cannot read their directory, and end with their file', async () => {
    writeFileSync(join(orders, 'one'), '');
    const before = made();
    await look(before);
    expect(decide(before)).toEqual([ONE]);
    await vi.waitFor(() => expect(made().inForce.size).toBe(1));
    // Everybody may write to it: it is not obeyed.
    chmodSync(orders, 0o777);
    const after = made();
    expect(await look(after)).toBe(false);
    expect(decide(after)).toEqual([ONE]);
    expect(lines.filter((line) => line.startsWith('LVSD_MAINTENANCE_DIR'))).toHaveLength(1);
    chmodSync(orders, 0o755);
    rmSync(join(orders, 'one'));
    expect(await look(after)).toBe(true);
    expect(decide(after)).toEqual([]);
    await vi.waitFor(() => expect(made().inForce.size).toBe(0));
  });

  it('do not suffer from an entry that cannot be opened, which goes on as it was', async () => {
    writeFileSync(join(orders, 'one'), '');
    const files = made();
    await look(files);
    expect(decide(files)).toEqual([ONE]);
    rmSync(join(orders, 'one'));
    symlinkSync('one', join(orders, 'one'));
    symlinkSync('loop', join(orders, 'loop'));
    await look(files);
    expect(decide(files)).toEqual([ONE]);
    await look(files);
    decide(files);
    expect(lines.filter((line) => line.startsWith('LVSD_FILE_IGNORED'))).toHaveLength(2);
    rmSync(join(orders, 'one'));
    await look(files);
    expect(decide(files)).toEqual([]);
  });

  it('end with their directory, which is told once, and again when it was there meanwhile', async () => {
    const files = made();
    writeFileSync(join(orders, 'one'), '');
    await look(files);
    expect(decide(files)).toEqual([ONE]);
    rmSync(orders, { recursive: true });
    for (const _ of [1, 2]) await look(files);
    expect(decide(files)).toEqual([]);
    const told = () => lines.filter((line) => line.startsWith('LVSD_MAINTENANCE_DIR_MISSING'));
    expect(told()).toEqual([`LVSD_MAINTENANCE_DIR_MISSING ${JSON.stringify({ path: orders })}`]);
    mkdirSync(orders, { mode: 0o755 });
    await look(files);
    rmSync(orders, { recursive: true });
    await look(files);
    expect(told()).toHaveLength(2);
  });

  it('are told of when their directory does not answer', async () => {
    vi.useFakeTimers();
    try {
      let answer: (() => void) | undefined;
      const files = made(async (path) => {
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        return readMaintenanceDirectory(path);
      });
      const looking = look(files);
      vi.advanceTimersByTime(5_000);
      expect(lines).toEqual([
        `LVSD_MAINTENANCE_DIR ${JSON.stringify({ path: orders, problem: 'it does not answer' })}`,
      ]);
      answer?.();
      expect(await looking).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});
