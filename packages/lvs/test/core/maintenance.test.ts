import type { ServerOrder } from '@piranha/protocol';
import { describe, expect, it } from 'vitest';
import { decideFiles, keptOrders, unsettledPlaces } from '../../src/core/file-orders.js';
import { type PlacedServer, placedServers } from '../../src/core/find-servers.js';
import {
  drainsFor,
  lastOnes,
  maintenanceOf,
  type OrderInForce,
  type OrdersInForce,
  orderChanges,
  orderedVerdict,
  ordersInForce,
  stepDrains,
} from '../../src/core/maintenance.js';
import { readMaintenanceFiles } from '../../src/core/maintenance-files.js';
import { decideRequest } from '../../src/core/maintenance-request.js';
import { outBefore } from '../../src/core/maintenance-view.js';
import { desiredOf } from '../../src/core/table-tools.js';
import { configurationOf, realServer, virtualServer } from '../support.js';

const AT = '2026-03-01T12:00:00.000Z';
const WALL_MS = Date.parse(AT);
const ONE = 'tcp 10.0.0.9:80 10.0.0.11:80';
const TWO = 'tcp 10.0.0.9:80 10.0.0.12:80';
const NONE: OrdersInForce = new Map();
const drain: OrderInForce = { kind: 'drain', by: 'root', at: AT, reason: 'new disk' };
const disable: OrderInForce = { ...drain, kind: 'disable' };

const servers = [realServer(), realServer({ name: 'two', address: '10.0.0.12' })];
const configuration = configurationOf([
  virtualServer({ servers, sorryServer: '10.0.0.99' }),
  virtualServer({ name: 'alone', port: 81, servers: [realServer({ name: 'three', address: '10.0.0.13' })] }),
]);
const placed = placedServers(configuration);
const keyOf = (name: string): string => placed.find(({ server }) => server.name === name)?.key ?? '';

function serving(down: readonly string[] = []) {
  return {
    configuration,
    placed,
    healthOf: ({ name }: PlacedServer['server']) => (down.includes(name) ? 'down' : 'up') as 'up' | 'down',
  };
}

function order(kind: ServerOrder['kind'], place = ONE, version = 1): ServerOrder {
  return { place, kind, by: 'root', at: AT, reason: 'new disk', version };
}

describe('ordersInForce', () => {
  it('takes the stronger of operator and file, and leaves out what was taken back', () => {
    const files = new Map([
      [ONE, { ...disable, by: 'file one' }],
      [TWO, { ...drain, by: 'file two' }],
    ]);
    const orders = ordersInForce([order('drain', ONE), order('disable', TWO), order('none', 'x')], files);
    expect([...orders].map(([key, { kind, by }]) => `${key} ${kind} ${by}`)).toEqual([
      `${ONE} disable file one`,
      `${TWO} disable root`,
    ]);
  });
});

describe('drains under orders', () => {
  const view = { stands: () => true, wallMs: WALL_MS, nowMs: 1_000 };

  it('keep an entry at weight 0 until nothing is counted, then take it out', () => {
    const orders = new Map([[ONE, drain]]);
    let drains = drainsFor(new Map(), orderChanges(NONE, orders), view);
    expect(orderedVerdict(orders, drains, ONE)).toBe('drained');
    expect(orderedVerdict(orders, drains, TWO)).toBeUndefined();
    const busy = stepDrains(drains, {
      counts: () => ({ active: 1, inactive: 0, templates: 0 }),
      nowMs: 2_000,
    });
    expect(busy.ended).toEqual([]);
    expect(maintenanceOf(orders, busy.drains, NONE, ONE)).toMatchObject({
      phase: 'draining',
      left: { active: 1 },
    });
    const step = stepDrains(busy.drains, {
      counts: () => ({ active: 0, inactive: 0, templates: 0 }),
      nowMs: 3_000,
    });
    drains = step.drains;
    expect(step.ended.map(({ key, drain: { end } }) => `${key} ${end}`)).toEqual([`${ONE} empty`]);
    expect(orderedVerdict(orders, drains, ONE)).toBe('out');
    expect(maintenanceOf(orders, drains, NONE, ONE)?.phase).toBe('drained');
  });

  it('count a time limit from the order on, over a restart too, and a clock set back makes it no longer', () => {
    const limited = new Map([[ONE, { ...drain, timeoutSeconds: 60 }]]);
    const deadline = (wallMs: number) => {
      const state = drainsFor(new Map(), orderChanges(NONE, limited), { ...view, wallMs }).get(ONE);
      return state?.phase === 'draining' ? state.deadlineMs : undefined;
    };
    expect(deadline(WALL_MS)).toBe(61_000);
    expect(deadline(WALL_MS + 20_000)).toBe(41_000);
    expect(deadline(WALL_MS + 100_000)).toBe(-39_000);
    expect(deadline(WALL_MS - 100_000)).toBe(61_000);
  });

  it('go on under new words, and end with the order', () => {
    const orders = new Map([[ONE, drain]]);
    const begun = drainsFor(new Map(), orderChanges(NONE, orders), view);
    const worded = new Map([[ONE, { ...drain, reason: 'two disks', timeoutSeconds: 9 }]]);
    const later = { ...view, nowMs: 5_000 };
    const going = drainsFor(begun, orderChanges(orders, worded), later);
    expect(going.get(ONE)).toMatchObject({ phase: 'draining', sinceMs: 1_000, deadlineMs: 14_000 });
    expect(drainsFor(going, orderChanges(worded, new Map([[ONE, disable]])), later).size).toBe(0);
    expect(drainsFor(going, orderChanges(worded, NONE), later).size).toBe(0);
    expect(orderChanges(orders, new Map([[ONE, { ...drain }]]))).toEqual([]);
  });
});

describe('lastOnes', () => {
  it('counts no server whose weight has moved to 0', () => {
    const view = { ...serving(), orders: NONE };
    const weightOf = ({ name }: PlacedServer['server']) => (name === 'one' ? 0 : undefined);
    expect(lastOnes(view, new Set([TWO]))).toEqual([]);
    expect(lastOnes({ ...view, weightOf }, new Set([TWO]))).toEqual(['web']);
  });

  it.each([
    ['one of two', [], NONE, [ONE], []],
    ['both', [], NONE, [ONE, TWO], ['web']],
    ['one beside one that is down', ['two'], NONE, [ONE], ['web']],
    ['one that is down itself', ['one', 'two'], NONE, [ONE], []],
    ['one beside one that is out by order', [], new Map([[TWO, drain]]), [ONE], ['web']],
    ['one that is out by order itself', ['two'], new Map([[ONE, drain]]), [ONE], []],
    ['the only one, and one of two', [], NONE, [ONE, keyOf('three')], ['alone']],
  ] as const)('%s', (_, down, orders, without, services) => {
    expect(lastOnes({ ...serving(down), orders }, new Set<string>(without))).toEqual(services);
  });
});

describe('decideRequest', () => {
  const view = { record: [], files: NONE, serving: serving(), at: AT };
  const request = { action: 'drain', server: 'one', by: 'root' } as const;
  const meant = placed.filter(({ key }) => key === ONE);
  const decided = (
    record: readonly ServerOrder[],
    changes: Partial<Parameters<typeof decideRequest>[1]>,
    more: Partial<typeof view> = {},
  ) => decideRequest({ ...view, record, ...more } as typeof view, { ...request, ...changes }, meant);

  it('refuses what both directors together could not hold', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => order('drain', `mark ${index} 10.0.0.1:0`));
    expect(decided(many, {})).toMatchObject({ ok: false });
    expect(decided(many.slice(1), {})).toMatchObject({ ok: true });
    expect(decided([...many.slice(1), order('drain')], { action: 'enable' })).toMatchObject({ ok: true });
  });

  it('takes out, numbers the order, and lets in again', () => {
    const out = decided([], { reason: 'new disk', timeoutSeconds: 5 });
    expect(out).toMatchObject({
      ok: true,
      record: [{ place: ONE, kind: 'drain', version: 1, timeoutSeconds: 5 }],
    });
    if (!out.ok) return;
    expect(decided(out.record, { action: 'undrain', by: 'ops' })).toMatchObject({
      record: [{ kind: 'none', by: 'ops', version: 2 }],
    });
  });

  it('changes nothing when the same is asked again, but new words', () => {
    const record = [order('drain')];
    const again = decided(record, {});
    expect(again.ok && again.record).toBe(record);
    expect(decided(record, { reason: 'fan' })).toMatchObject({
      record: [{ reason: 'fan', at: AT, version: 2 }],
    });
    const later = '2026-03-01T13:00:00.000Z';
    expect(decided(record, { timeoutSeconds: 9 }, { at: later })).toMatchObject({
      record: [{ reason: 'new disk', timeoutSeconds: 9, at: later }],
    });
  });

  it('refuses to take the last one out, unless forced', () => {
    const alone = { serving: serving(['two']) };
    expect(decided([], {}, alone)).toEqual({ ok: false, text: 'no other server of web is up' });
    expect(decided([], { action: 'disable' }, alone).ok).toBe(false);
    expect(decided([], { force: true }, alone).ok).toBe(true);
    // What is out by order already can be disabled.
    expect(decided([order('drain')], { action: 'disable' }, alone).ok).toBe(true);
  });

  it('does not undrain what is disabled, and ends no order of a file', () => {
    expect(decided([order('disable')], { action: 'undrain' })).toMatchObject({ ok: false });
    expect(decided([order('disable')], { action: 'enable' })).toMatchObject({ record: [{ kind: 'none' }] });
    const files = new Map([[ONE, { ...drain, by: 'file one' }]]);
    expect(decided([], { action: 'enable' }, { files })).toMatchObject({
      ok: false,
      text: expect.stringContaining('file one of maintenance_dir'),
    });
    expect(decided([], { action: 'enable' })).toEqual({
      ok: true,
      record: [],
      text: 'was not out of service',
    });
  });
});

describe('files of maintenance_dir', () => {
  const file = (name: string, text = '') => ({ name, text, at: AT });
  const read = (...files: ReturnType<typeof file>[]) => readMaintenanceFiles(files, placed);

  it.each([
    ['', 'drain', false, ''],
    ['new disk\nsecond line', 'drain', false, 'new disk'],
    ['disable', 'disable', false, ''],
    ['Disable: new disk', 'disable', false, 'new disk'],
    ['force disable new\tdisk\u001b[2J', 'disable', true, 'new disk [2J'],
    ['drain force', 'drain', true, ''],
    ['changed by force', 'drain', false, 'changed by force'],
  ])('%j', (text, kind, force, reason) => {
    expect(read(file('one', text)).orders).toEqual([
      { name: 'one', keys: [ONE], force, order: { kind, by: 'file one', at: AT, reason } },
    ]);
  });

  it('tells of a name that no server has', () => {
    expect(read(file('nine')).problems).toMatchObject([{ name: 'nine' }]);
  });

  const decide = (
    before: OrdersInForce,
    files: ReturnType<typeof file>[],
    down: string[] = [],
    isOut: (key: string) => boolean = () => false,
  ) => {
    const { obeyed, held, refused } = decideFiles(
      { ...serving(down), orders: NONE },
      before,
      read(...files).orders,
      isOut,
    );
    return { obeyed: [...obeyed.keys()], held: [...held.keys()], refused };
  };

  it('are obeyed one after the other while a server is left', () => {
    expect(decide(NONE, [file('one'), file('two')])).toEqual({
      obeyed: [ONE],
      held: [TWO],
      refused: [{ name: 'two', services: ['web'] }],
    });
    expect(decide(NONE, [file('one'), file('two', 'force')]).obeyed).toEqual([ONE, TWO]);
  });

  it('count on no server that an earlier file keeps out', () => {
    const before = new Map([[TWO, drain]]);
    expect(decide(before, [file('one'), file('two')])).toMatchObject({ obeyed: [TWO], held: [ONE] });
  });

  it('stay obeyed when the others die, and over a restart', () => {
    const before = new Map([[ONE, drain]]);
    expect(decide(before, [file('one')], ['two']).obeyed).toEqual([ONE]);
    expect(decide(NONE, [file('one')], ['two'], (key) => key === ONE).obeyed).toEqual([ONE]);
    expect(decide(NONE, [file('one')], ['two']).held).toEqual([ONE]);
  });

  it('found at the start are held or obeyed by the first verdicts, and keep their servers out until then', () => {
    const files = read(file('one'), file('two')).orders;
    const at = (up: readonly string[], settled: boolean, waiting = NONE) => {
      const healthOf = ({ name }: PlacedServer['server']) => (up.includes(name) ? 'up' : 'unknown');
      const isUnsettled = () => !settled;
      const view = { ...serving(), healthOf, orders: NONE } as const;
      return decideFiles(view, NONE, files, () => false, { waiting, isUnsettled });
    };
    const start = at([], false);
    expect([[...start.waiting.keys()], start.obeyed.size, start.held.size]).toEqual([[ONE, TWO], 0, 0]);
    // The first who is up is not let in while the other may be up in a moment.
    expect([...at(['one'], false, start.waiting).waiting.keys()]).toEqual([ONE, TWO]);
    expect(at(['one'], false, start.waiting).refused).toEqual([]);
    const settled = at(['one', 'two'], true, start.waiting);
    expect([[...settled.obeyed.keys()], [...settled.held.keys()]]).toEqual([[ONE], [TWO]]);
    // Who serves already by the table is not taken out to wait.
    const adopted = at(['one', 'two'], false);
    expect([[...adopted.obeyed.keys()], [...adopted.held.keys()]]).toEqual([[ONE], [TWO]]);
    expect(adopted.waiting.size).toBe(0);
  });

  it('wait by service; and nobody is taken for out before on an empty table', () => {
    expect(unsettledPlaces(placed, ({ name }) => name !== 'two')).toEqual(new Set([ONE, TWO]));
    expect(outBefore({ services: [] }, placed)).toEqual(new Set());
    const table = desiredOf(configuration, ({ name }) => (name === 'two' ? 'up' : 'down'));
    expect(outBefore(table, placed)).toEqual(new Set([ONE]));
  });

  it('that are there and cannot be read go on', () => {
    const before = new Map([
      [ONE, { ...drain, by: 'file one' }],
      [TWO, { ...drain, by: 'file two' }],
    ]);
    expect(keptOrders(before, new Set(['two'])).flatMap(({ keys }) => keys)).toEqual([TWO]);
  });
});
