import { type OperationResult, serviceKeyText, type Table, type TableOperation } from '@piranha/ipvs';
import { describe, expect, it } from 'vitest';
import { isTableInSync, tableProblems } from '../../src/core/table-health.js';
import {
  initialTableSync,
  stepTableSync,
  type TableSyncEffect,
  type TableSyncEvent,
  type TableTools,
} from '../../src/core/table-sync.js';
import { POLICY, service } from '../sync-tables.js';

const table = (...ports: number[]): Table => ({ services: ports.map((port) => service(port)) });
const keys = (value: Table) => value.services.map(({ key }) => serviceKeyText(key));
const OK: OperationResult = { ok: true };
const REFUSED: OperationResult = { ok: false, message: 'No such thing' };

/** Services only: enough arithmetic to watch the writer at work. */
const TOOLS: TableTools = {
  diff: (desired, live, owned) => [
    ...desired.services
      .filter(({ key }) => !keys(live).includes(serviceKeyText(key)))
      .map((added): TableOperation => ({ type: 'addService', service: added })),
    ...live.services
      .filter(({ key }) => owned.has(serviceKeyText(key)) && !keys(desired).includes(serviceKeyText(key)))
      .map(({ key }): TableOperation => ({ type: 'deleteService', key })),
  ],
  apply: (before, operation) => {
    if (operation.type === 'addService')
      return { services: [...before.services, { ...operation.service, servers: [] }] };
    if (operation.type !== 'deleteService') return before;
    const gone = serviceKeyText(operation.key);
    return { services: before.services.filter(({ key }) => serviceKeyText(key) !== gone) };
  },
  text: (operation) =>
    operation.type === 'addService'
      ? `-A ${serviceKeyText(operation.service.key)}`
      : `-D ${'key' in operation ? serviceKeyText(operation.key) : ''}`,
  keys,
};

function writer(owned: string[] = [], policy = POLICY) {
  let state = initialTableSync(new Set(owned));
  const feed = (nowMs: number, event: TableSyncEvent): TableSyncEffect[] => {
    const step = stepTableSync(policy, TOOLS, state, event, nowMs);
    state = step.state;
    return [...step.effects];
  };
  const texts = (effects: TableSyncEffect[]) =>
    effects.flatMap((effect) =>
      effect.type === 'apply' ? effect.operations.map(TOOLS.text) : [effect.type],
    );
  return {
    feed,
    say: (nowMs: number, event: TableSyncEvent) => texts(feed(nowMs, event)),
    get state() {
      return state;
    },
  };
}

/** A writer whose table was read and brought to port 80. */
function settledWriter(policy = POLICY) {
  const subject = writer([], policy);
  subject.feed(0, { type: 'tick' });
  subject.feed(1, { type: 'connected' });
  subject.feed(2, { type: 'read', table: table() });
  subject.feed(3, { type: 'desire', table: table(80) });
  subject.feed(4, { type: 'applied', results: [OK] });
  return subject;
}

describe('stepTableSync', () => {
  it('reads before it writes, and names what it owns before the add', () => {
    const { feed, say } = writer();
    expect(say(0, { type: 'tick' })).toEqual(['connect']);
    expect(say(1, { type: 'connected' })).toEqual(['read']);
    expect(say(2, { type: 'read', table: table() })).toEqual(['loaded']);
    expect(feed(3, { type: 'desire', table: table(80) })).toMatchObject([
      { type: 'apply', owned: new Set(['tcp 10.0.0.9:80']) },
    ]);
  });

  it('has one request under way at a time', () => {
    const { say } = writer();
    say(0, { type: 'tick' });
    say(1, { type: 'connected' });
    say(2, { type: 'read', table: table() });
    expect(say(3, { type: 'desire', table: table(80) })).toEqual(['-A tcp 10.0.0.9:80']);
    expect(say(4, { type: 'desire', table: table(81) })).toEqual([]);
    expect(say(5, { type: 'applied', results: [OK] })).toEqual([
      'logApplied',
      '-A tcp 10.0.0.9:81',
      '-D tcp 10.0.0.9:80',
    ]);
  });

  it('drops keys from the owned file only once their entries are gone', () => {
    const subject = settledWriter();
    expect(subject.state.owned).toEqual(new Set(['tcp 10.0.0.9:80']));
    subject.feed(5, { type: 'desire', table: table() });
    expect(subject.state.owned.size).toBe(1);
    const effects = subject.feed(6, { type: 'applied', results: [OK] });
    expect(effects.at(-1)).toEqual({ type: 'saveOwned', owned: new Set() });
  });

  it('reads the table after many operations instead of doing their arithmetic', () => {
    const subject = settledWriter();
    subject.feed(5, { type: 'desire', table: table(80, 81, 82, 83, 84) });
    expect(subject.say(6, { type: 'applied', results: [OK, OK, OK, OK] }).at(-1)).toBe('read');
    expect(subject.say(7, { type: 'read', table: table(80, 81, 82, 83, 84) })).toEqual([]);
    expect(isTableInSync(subject.state)).toBe(true);
  });

  it('leaves foreign entries alone', () => {
    const { say } = writer();
    say(0, { type: 'tick' });
    say(1, { type: 'connected' });
    say(2, { type: 'read', table: table(22) });
    expect(say(3, { type: 'desire', table: table() })).toEqual([]);
  });
});

describe('stepTableSync with a refusing backend', () => {
  it('logs a refusal once, retries with growing waits on a fresh table, applies the rest', () => {
    const subject = settledWriter();
    subject.feed(10, { type: 'desire', table: table(80, 81, 82) });
    expect(subject.say(11, { type: 'applied', results: [REFUSED, OK] })).toEqual(['logFailed', 'logApplied']);
    expect(tableProblems(subject.state)).toEqual(['-A tcp 10.0.0.9:81: No such thing']);
    expect(isTableInSync(subject.state)).toBe(false);
    expect(subject.say(210, { type: 'tick' })).toEqual([]);
    expect(subject.say(211, { type: 'tick' })).toEqual(['read']);
    expect(subject.say(212, { type: 'read', table: table(80, 82) })).toEqual(['-A tcp 10.0.0.9:81']);
    expect(subject.say(213, { type: 'applied', results: [REFUSED] })).toEqual([]);
    expect(subject.say(612, { type: 'tick' })).toEqual([]);
    expect(subject.say(613, { type: 'tick' })).toEqual(['read']);
    subject.feed(614, { type: 'read', table: table(80, 82) });
    expect(subject.say(615, { type: 'applied', results: [OK] })).toEqual(['logRecovered', 'logApplied']);
    expect(isTableInSync(subject.state)).toBe(true);
  });

  it('does not let a refused operation hold up a new one', () => {
    const subject = settledWriter();
    subject.feed(10, { type: 'desire', table: table(80, 81) });
    subject.feed(11, { type: 'applied', results: [REFUSED] });
    expect(subject.say(12, { type: 'desire', table: table(80, 81, 82) })).toEqual(['-A tcp 10.0.0.9:82']);
  });

  it('forgets a refusal that nobody asks for any more', () => {
    const subject = settledWriter();
    subject.feed(10, { type: 'desire', table: table(80, 81) });
    subject.feed(11, { type: 'applied', results: [REFUSED] });
    subject.feed(12, { type: 'desire', table: table(80) });
    expect(tableProblems(subject.state)).toEqual([]);
    expect(isTableInSync(subject.state)).toBe(true);
  });

  it('takes missing results for refusals', () => {
    const subject = settledWriter();
    subject.feed(10, { type: 'desire', table: table(80, 81) });
    subject.feed(11, { type: 'applied', results: [] });
    expect(tableProblems(subject.state)).toHaveLength(1);
  });
});

describe('stepTableSync with a backend that vanishes', () => {
  it('logs the loss once, comes back every 100 ms, and writes everything anew', () => {
    const subject = settledWriter();
    expect(subject.say(1_000, { type: 'lost', message: 'closed' })).toEqual(['logLost']);
    expect(tableProblems(subject.state)).toEqual(['director lost: closed']);
    expect(subject.say(1_099, { type: 'tick' })).toEqual([]);
    expect(subject.say(1_100, { type: 'tick' })).toEqual(['connect']);
    expect(subject.say(1_101, { type: 'lost', message: 'refused' })).toEqual([]);
    expect(subject.say(1_201, { type: 'tick' })).toEqual(['connect']);
    expect(subject.say(1_202, { type: 'connected' })).toEqual(['read']);
    const effects = subject.feed(1_203, { type: 'read', table: table() });
    expect(effects).toMatchObject([
      { type: 'loaded', afterMs: 203 },
      { type: 'apply', operations: [{ type: 'addService' }] },
    ]);
  });

  it('reads again when the loss hit in the middle of an apply', () => {
    const subject = settledWriter();
    subject.feed(10, { type: 'desire', table: table(80, 81) });
    subject.feed(11, { type: 'lost', message: 'closed' });
    subject.feed(111, { type: 'tick' });
    expect(subject.say(112, { type: 'connected' })).toEqual(['read']);
    expect(subject.say(113, { type: 'read', table: table(80, 81) })).toEqual(['loaded']);
    expect(isTableInSync(subject.state)).toBe(true);
  });
});
