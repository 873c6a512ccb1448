import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventFields, EventId } from '@piranha/events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Coverage } from '../../src/core/coverage.js';
import type { NodeView } from '../../src/core/readiness.js';
import { startPulse } from '../../src/core/start.js';
import type { PulseEvent, PulseState } from '../../src/core/types.js';
import type { PolicyGroup } from '../../src/shell/group-failback.js';
import { LvsdWord } from '../../src/shell/lvsd-word.js';
import { MaintenanceFile } from '../../src/shell/maintenance-file.js';
import { NodePolicy } from '../../src/shell/node-policy.js';
import { nodeView } from '../support/node-views.js';
import { testSettings } from '../support/virtual-pair.js';

const SETTINGS = testSettings('backup');
const HOLD_MS = 5_000;
const PATHS = [{ name: 'public', local: '10.0.0.2', partner: '10.0.0.1' }] as const;

let directory: string;
let state: PulseState;
let events: PulseEvent[];
let lines: string[];
let missed: boolean[];
let word: LvsdWord;
let policy: NodePolicy;
let partnerView: NodeView | undefined;
let sync: { seconds: number | undefined } | undefined;
let coverage: Coverage | undefined;
/** Groups beside the main one. */
let more: readonly PolicyGroup[];

beforeEach(() => {
  vi.useFakeTimers();
  [partnerView, sync, coverage, more] = [undefined, undefined, undefined, []];
  directory = mkdtempSync(join(tmpdir(), 'node-policy-'));
  [events, lines, missed, word] = [[], [], [], new LvsdWord()];
  state = startPulse(SETTINGS, { type: 'fresh' }, 0).state;
  const log = {
    log: (id: EventId, fields: EventFields = {}) => void lines.push([id, fields.reason].join(' ').trim()),
  };
  const configuration = { standby: 'warm', failback: 'ready', failbackHoldMs: HOLD_MS };
  policy = new NodePolicy(
    {
      log: log as never,
      backend: { children: [], syncListening: () => sync } as never,
      maintenance: new MaintenanceFile(join(directory, 'state'), log),
      lvsdWord: word,
    },
    {
      dispatch: (event) => void events.push(event),
      groups: () => [
        { name: 'main', state: heard(), settings: SETTINGS, isKnown: true, isAlike: true, isPhantom: false },
        ...more,
      ],
      now: () => ({
        state: heard(),
        settings: SETTINGS,
        paths: PATHS,
        configuration: configuration as never,
      }),
      cost: () => Promise.resolve(undefined),
      coverage: () => Promise.resolve(coverage),
      witness: () => undefined,
      partnerView: () => partnerView,
      onMissed: () => void missed.push(policy.missed.has('main')),
    },
  );
  policy.start([]);
});
afterEach(() => {
  policy.stop();
  vi.useRealTimers();
  rmSync(directory, { recursive: true, force: true });
});

/** A partner that says something says it all the time. */
function heard(): PulseState {
  return state.partnerWord === undefined ? state : { ...state, lastHeardMs: performance.now() };
}

function serve(partnerWord: PulseState['partnerWord']): void {
  state = { ...state, duty: 'active', partnerWord };
}

/** The primary was away while this node serves, and is back with this to say of itself. */
function primaryReturns(view: NodeView | undefined): void {
  word.heard({ pid: 7, ready: true, tableInSync: true, serversUp: 3, serversTotal: 3 });
  partnerView = view;
  serve(undefined);
  vi.advanceTimersByTime(1_000);
  serve('lvs stopped');
  vi.advanceTimersByTime(HOLD_MS + 1_500);
}

describe('the readiness of a standby', () => {
  it('is told when it changes', () => {
    vi.advanceTimersByTime(3_000);
    word.heard({ pid: 7, ready: true, tableInSync: true, serversUp: 3, serversTotal: 3 });
    vi.advanceTimersByTime(3_000);
    expect(lines).toEqual(['PULSE_NOT_READY lvsd is not reached', 'PULSE_READY']);
    expect(policy.readiness()).toMatchObject({ ready: true, serversUp: 3 });
    expect(policy.ownView()).toMatchObject(nodeView());
  });
});

describe('failback', () => {
  it('begins a planned handover once the partner itself says that it is ready', () => {
    primaryReturns(nodeView());
    expect(events).toEqual([{ type: 'handover' }]);
    expect(lines).toEqual(['PULSE_FAILBACK_WAITS failback = ready', 'PULSE_FAILBACK failback = ready']);
  });

  it('waits until the primary knows the connections in use, and says so once', async () => {
    sync = { seconds: undefined };
    coverage = { total: 1_000, known: 989, idleSeconds: 3 };
    primaryReturns(nodeView());
    await vi.advanceTimersByTimeAsync(20_000);
    expect(events).toEqual([]);
    expect(lines.filter((line) => line.startsWith('PULSE_FAILBACK_COVERAGE'))).toEqual([
      'PULSE_FAILBACK_COVERAGE 99 % are waited for, 60 s at most',
    ]);
    coverage = { total: 1_000, known: 990, idleSeconds: 3 };
    await vi.advanceTimersByTimeAsync(6_000);
    expect(events).toEqual([{ type: 'handover' }]);
  });

  it('does not wait longer than that for connections that nobody uses', async () => {
    sync = { seconds: undefined };
    coverage = { total: 10, known: 1, idleSeconds: 300 };
    primaryReturns(nodeView());
    await vi.advanceTimersByTimeAsync(55_000);
    expect(events).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(events).toEqual([{ type: 'handover' }]);
  });

  it('waits anew where the primary was unfit meanwhile', async () => {
    sync = { seconds: undefined };
    coverage = { total: 10, known: 1, idleSeconds: 300 };
    primaryReturns(nodeView());
    await vi.advanceTimersByTimeAsync(40_000);
    partnerView = nodeView({ tableLoaded: false });
    await vi.advanceTimersByTimeAsync(1_000);
    partnerView = nodeView();
    await vi.advanceTimersByTimeAsync(HOLD_MS + 50_000);
    expect(events).toEqual([]);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(events).toEqual([{ type: 'handover' }]);
  });

  it('is remembered by a process that goes on for one that ended', () => {
    primaryReturns(nodeView({ firstVerdicts: false }));
    expect([events, missed]).toEqual([[], [true]]);
    policy.stop();
    partnerView = nodeView();
    serve('lvs stopped');
    policy.start(['main']);
    vi.advanceTimersByTime(HOLD_MS + 1_500);
    expect(events).toEqual([{ type: 'handover' }]);
  });

  it('of one of several groups names the group, and no primary', () => {
    more = [{ name: 'post', state, settings: SETTINGS, isKnown: true, isAlike: true, isPhantom: false }];
    primaryReturns(nodeView());
    expect(lines.filter((line) => line.includes('FAILBACK'))).toEqual([
      'PULSE_GROUP_FAILBACK_WAITS failback = ready',
      'PULSE_GROUP_FAILBACK failback = ready',
    ]);
  });

  it('is remembered at once for a group that a reload brings about', () => {
    policy.regrouped(['main'], []);
    expect(missed).toEqual([]);
    policy.regrouped(['main'], ['main']);
    expect(missed).toEqual([true]);
  });

  it('does not begin because a process that has just started has heard nobody yet', () => {
    word.heard({ pid: 7, ready: true, tableInSync: true, serversUp: 3, serversTotal: 3 });
    partnerView = nodeView();
    // Dead after 400 ms; the first look is after 500 ms.
    state = { ...state, lastHeardMs: performance.now() + 200 };
    serve(undefined);
    vi.advanceTimersByTime(550);
    serve('lvs stopped');
    vi.advanceTimersByTime(HOLD_MS * 3);
    expect([events, missed]).toEqual([[], []]);
  });

  it('does not begin with 4-byte words, nor while the partner lacks something', () => {
    primaryReturns(undefined);
    primaryReturns(nodeView({ firstVerdicts: false }));
    expect([events, lines]).toEqual([[], []]);
  });
});

describe('what operators ask for', () => {
  it('goes to the state machine with what both directors say of themselves', async () => {
    partnerView = nodeView({ serversUp: 1 });
    void policy.moves.handover({ force: true, to: { name: 'one', addresses: ['10.0.0.1'] } });
    void policy.moves.standby({ on: true, by: 'alice', reason: 'new memory', unlessAlone: true });
    void policy.moves.standby({ on: false, by: 'bob' });
    const views = { own: policy.ownView(), partner: nodeView({ serversUp: 1 }) };
    expect(events).toEqual([
      { type: 'handover', force: true, views },
      {
        type: 'maintenance',
        force: false,
        views,
        order: {
          by: 'alice',
          reason: 'new memory',
          unlessAlone: true,
          at: expect.stringMatching(/^\d{4}-.*Z$/),
        },
      },
      { type: 'maintenanceOver', by: 'bob' },
    ]);
    await expect(
      policy.moves.handover({ to: { name: 'two', addresses: ['10.0.0.2'] } }),
    ).rejects.toMatchObject({ code: 'PULSE_NOT_THE_PARTNER', message: 'two is this node' });
    await expect(policy.moves.standby({ on: 'yes' })).rejects.toMatchObject({ code: 'PULSE_BAD_REQUEST' });
    expect(events).toHaveLength(3);
  });

  it('a second move gets an answer of its own', async () => {
    const first = policy.moves.handover({});
    state = { ...state, duty: 'releasing', reason: 'handover' };
    expect(await policy.moves.handover({})).toMatchObject({
      ok: false,
      text: 'a move is under way: handover',
    });
    policy.answer('main', { type: 'handoverResult', ok: true, text: 'partner took over' });
    expect(await first).toMatchObject({ ok: true });
    const order = policy.moves.standby({ on: true, by: 'alice' });
    const pending = { force: false, unlessAlone: false, by: 'alice', at: '', reason: '' };
    state = { ...state, ordered: pending };
    expect(await policy.moves.standby({ on: true, by: 'bob' })).toMatchObject({ ok: false });
    policy.answer('main', { type: 'maintenanceResult', ok: true, text: 'partner took over' });
    expect(await order).toMatchObject({ ok: true, text: 'partner took over' });
  });

  it('an order that is refused during a handover leaves that one its answer', async () => {
    const handover = policy.moves.handover({});
    state = { ...state, duty: 'releasing', reason: 'handover' };
    const order = policy.moves.standby({ on: true, by: 'alice' });
    policy.answer('main', { type: 'maintenanceResult', ok: false, text: 'a move is under way: handover' });
    expect(await order).toMatchObject({ ok: false, text: 'a move is under way: handover' });
    policy.answer('main', { type: 'handoverResult', ok: true, text: 'partner took over' });
    expect(await handover).toMatchObject({ ok: true, text: 'partner took over' });
  }, 2_000);

  it('a handover of another group waits for the one that somebody waits for', async () => {
    const first = policy.moves.handover({ group: 'main' });
    state = { ...state, duty: 'releasing', reason: 'handover' };
    more = [
      {
        name: 'post',
        state: { ...state, duty: 'active' },
        settings: SETTINGS,
        isKnown: true,
        isAlike: true,
        isPhantom: false,
      },
    ];
    expect(await policy.moves.handover({ group: 'post' })).toMatchObject({ ok: false });
    expect(events).toHaveLength(1);
    policy.answer('main', { type: 'handoverResult', ok: true, text: 'partner took over' });
    expect(await first).toMatchObject({ ok: true });
  }, 2_000);

  it('an order that cannot be kept changes nothing', async () => {
    rmSync(directory, { recursive: true });
    writeFileSync(directory, '');
    await expect(policy.moves.standby({ on: true, by: 'alice' })).rejects.toMatchObject({
      code: 'PULSE_STATE_UNWRITABLE',
    });
    expect(events).toEqual([]);
  });

  it('tells where the disk does not know of what was done', async () => {
    const order = policy.moves.standby({ on: true, by: 'alice' });
    rmSync(directory, { recursive: true });
    writeFileSync(directory, '');
    const maintenance = { unlessAlone: false, by: 'alice', at: '', reason: '' };
    policy.stepped(undefined, maintenance);
    policy.answer('main', { type: 'maintenanceResult', ok: true, text: 'the partner serves' });
    expect((await order).text).toContain('the partner serves; a restart will not know of it: ');
  });
});
