import type { EventFields } from '@piranha/events';
import type { NeighbourEntry, NeighbourSpec } from '@piranha/net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NeighbourKeeper } from '../../src/shell/neighbour-keeper.js';

const PATH = { name: 'public', partner: '10.0.0.3' } as const;
const SIX = { name: 'second', director: 'beta', partner: 'FE80:0::3%eth1' } as const;
const MAC = '02:00:00:00:00:03';

/** A kernel's table of which all entries are lost once `fails` is set. */
class FakeTable {
  readonly confirmed: NeighbourSpec[] = [];
  asked: readonly string[][] = [];
  fails = false;
  refusal: string | undefined;

  entriesOf(addresses: readonly string[]): Promise<readonly NeighbourEntry[]> {
    this.asked = [...this.asked, [...addresses]];
    const entryOf = (address: string): NeighbourEntry =>
      this.fails
        ? { ifindex: 2, address, linkAddress: undefined, state: 'lost' }
        : { ifindex: 2, address, linkAddress: MAC, state: 'trusted' };
    return Promise.resolve(addresses.map(entryOf));
  }

  confirm(neighbour: NeighbourSpec): Promise<void> {
    if (this.refusal !== undefined) return Promise.reject(new Error(this.refusal));
    this.confirmed.push(neighbour);
    return Promise.resolve();
  }
}

let table: FakeTable;
let lines: { readonly event: string; readonly fields: EventFields | undefined }[];
let keeper: NeighbourKeeper;

function keeperOf(paths: readonly (typeof PATH | typeof SIX)[], hasTable = true) {
  return new NeighbourKeeper({
    log: { log: (event, fields) => lines.push({ event, fields }) },
    table: hasTable ? table : undefined,
    paths: () => paths,
    settings: () => ({ deadtimeMs: 6_000 }),
  });
}

/** Lets time pass; with `heard` a beat comes from there each half second. */
async function pass(ms: number, ...heard: readonly string[]): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += 500) {
    for (const address of heard) keeper.heard(address);
    await vi.advanceTimersByTimeAsync(500);
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'hrtime'] });
  table = new FakeTable();
  lines = [];
});
afterEach(() => {
  keeper.stop();
  vi.useRealTimers();
});

describe('NeighbourKeeper', () => {
  it('keeps the entry of a partner that falls silent, and says so once', async () => {
    keeper = keeperOf([PATH]);
    keeper.start();
    await pass(12_000, PATH.partner);
    table.fails = true;
    await pass(2_500);
    expect(table.confirmed).toEqual([]);
    await pass(3_500);
    expect(table.confirmed.length).toBeGreaterThan(1);
    expect(table.confirmed[0]).toMatchObject({ ifindex: 2, address: '10.0.0.3', linkAddress: MAC });
    expect(lines).toEqual([
      {
        event: 'PULSE_NEIGHBOUR_KEPT',
        fields: { path: 'public', address: '10.0.0.3', mac: MAC, silentMs: expect.any(Number) },
      },
    ]);
  });

  it('leaves a partner alone that is heard, and reads rarely', async () => {
    keeper = keeperOf([PATH]);
    keeper.start();
    await pass(30_000, PATH.partner);
    expect(table.asked.length).toBeLessThan(6);
    expect(table.confirmed).toEqual([]);
  });

  it('knows an address by any spelling, and each one for itself', async () => {
    keeper = keeperOf([PATH, SIX]);
    keeper.start();
    await pass(2_000, PATH.partner, SIX.partner);
    expect(table.asked[0]).toEqual(['10.0.0.3', 'fe80::3']);
    table.fails = true;
    await pass(5_000, PATH.partner);
    expect(new Set(table.confirmed.map(({ address }) => address))).toEqual(new Set(['fe80::3']));
    expect(lines[0]?.fields).toMatchObject({ path: 'second', director: 'beta', address: 'fe80::3' });
  });

  it('tells a refusal once', async () => {
    keeper = keeperOf([PATH]);
    keeper.start();
    await pass(2_000, PATH.partner);
    table.fails = true;
    table.refusal = 'neighbour 10.0.0.3: EPERM';
    await pass(20_000);
    expect(lines).toEqual([
      { event: 'PULSE_NEIGHBOUR_PROBLEM', fields: { problem: 'neighbour 10.0.0.3: EPERM' } },
    ]);
  });

  it('looks at once when asked to, without two looks at a time', async () => {
    keeper = keeperOf([PATH]);
    keeper.start();
    await pass(500, PATH.partner);
    const before = table.asked.length;
    keeper.look();
    keeper.look();
    expect(table.asked.length).toBe(before + 1);
    await vi.advanceTimersByTimeAsync(0);
    expect(table.asked.length).toBe(before + 2);
  });

  it('does nothing where the table is not its own, nor after its end', async () => {
    keeper = keeperOf([PATH]);
    keeper.start();
    await pass(500);
    keeper.stop();
    const before = table.asked.length;
    keeper.look();
    await pass(9_000);
    expect(table.asked.length).toBe(before);
    const idle = keeperOf([PATH], false);
    idle.start();
    idle.look();
    await pass(9_000);
    expect(table.asked.length).toBe(before);
    expect(lines).toEqual([]);
  });
});
