import { applyOperation, diffTables, operationText, ownedKeys, type Table } from '@piranha/ipvs';
import { describe, expect, it } from 'vitest';
import { isTableInSync, tableProblems } from '../../src/core/table-health.js';
import {
  initialTableSync,
  stepTableSync,
  type TableSyncEffect,
  type TableSyncEvent,
  type TableSyncPolicy,
  type TableTools,
} from '../../src/core/table-sync.js';
import { POLICY as SLOW, service, table } from '../sync-tables.js';

const TOOLS: TableTools = {
  diff: diffTables,
  apply: applyOperation,
  text: operationText,
  keys: ownedKeys,
};

const POLICY: TableSyncPolicy = { ...SLOW, readAfterOperations: 50, rereadMs: 5_000 };
const REPORT: TableSyncPolicy = { ...POLICY, drift: 'report' };

/** A writer whose table is as desired at 0 ms. */
function settledWriter(start: TableSyncPolicy, desired: Table) {
  let policy = start;
  let state = initialTableSync(new Set());
  const feed = (nowMs: number, event: TableSyncEvent): readonly TableSyncEffect[] => {
    const step = stepTableSync(policy, TOOLS, state, event, nowMs);
    state = step.state;
    return step.effects;
  };
  /** Effects as words: operations by their text, drift as `drift TEXT`. */
  const say = (nowMs: number, event: TableSyncEvent): string[] =>
    feed(nowMs, event).flatMap((effect) => {
      if (effect.type === 'apply') return effect.operations.map(operationText);
      if (effect.type !== 'logDrift') return [effect.type];
      return [
        ...effect.texts.map((text) => `drift ${text}`),
        ...(effect.more > 0 ? [`${effect.more} more`] : []),
      ];
    });
  feed(0, { type: 'tick' });
  feed(0, { type: 'connected' });
  feed(0, { type: 'read', table: desired });
  feed(0, { type: 'desire', table: desired });
  return {
    say,
    setPolicy: (next: TableSyncPolicy) => {
      policy = next;
    },
    get state() {
      return state;
    },
  };
}

const OK = { ok: true } as const;
const weigh = (weight: number) => `-e -t 10.0.0.9:80 -r 10.0.1.1:80 -g -w ${weight}`;
const EDIT = weigh(1);

describe('a table that others may change', () => {
  it('is read again every so often, and left alone while it is as it was', () => {
    const { say } = settledWriter(POLICY, table(service(80, 1)));
    expect(say(4_999, { type: 'tick' })).toEqual([]);
    expect(say(5_000, { type: 'tick' })).toEqual(['read']);
    expect(say(5_050, { type: 'tick' })).toEqual([]);
    expect(say(5_100, { type: 'read', table: table(service(80, 1)) })).toEqual([]);
    expect(say(10_099, { type: 'tick' })).toEqual([]);
    expect(say(10_100, { type: 'tick' })).toEqual(['read']);
  });

  it('is not compared again at each tick', () => {
    let comparisons = 0;
    const tools: TableTools = {
      ...TOOLS,
      diff: (...tables) => {
        comparisons += 1;
        return diffTables(...tables);
      },
    };
    let state = initialTableSync(new Set());
    const feed = (nowMs: number, event: TableSyncEvent): void => {
      state = stepTableSync(POLICY, tools, state, event, nowMs).state;
    };
    feed(0, { type: 'tick' });
    feed(0, { type: 'connected' });
    feed(0, { type: 'read', table: table(service(80, 1)) });
    feed(0, { type: 'desire', table: table(service(80, 1)) });
    const before = comparisons;
    for (let nowMs = 100; nowMs < 4_000; nowMs += 100) feed(nowMs, { type: 'tick' });
    expect(comparisons - before).toBeLessThanOrEqual(1);
  });

  it('is put right, and told once each time', () => {
    const subject = settledWriter(POLICY, table(service(80, 1)));
    subject.say(5_000, { type: 'tick' });
    expect(subject.say(5_001, { type: 'read', table: table(service(80, 7)) })).toEqual([
      `drift ${EDIT}`,
      EDIT,
    ]);
    expect(isTableInSync(subject.state)).toBe(false);
    expect(subject.say(5_002, { type: 'applied', results: [OK] })).toEqual(['logApplied']);
    expect(isTableInSync(subject.state)).toBe(true);
    subject.say(10_001, { type: 'tick' });
    expect(subject.say(10_002, { type: 'read', table: table(service(80, 9)) })).toEqual([
      `drift ${EDIT}`,
      EDIT,
    ]);
  });

  it('is tried again with growing waits where putting right is refused, told once', () => {
    const subject = settledWriter(POLICY, table(service(80, 1)));
    const drifted: TableSyncEvent = { type: 'read', table: table(service(80, 7)) };
    subject.say(5_000, { type: 'tick' });
    subject.say(5_001, drifted);
    const refused: TableSyncEvent = { type: 'applied', results: [{ ok: false, message: 'no' }] };
    expect(subject.say(5_002, refused)).toEqual(['logFailed']);
    expect(subject.say(5_202, { type: 'tick' })).toEqual(['read']);
    expect(subject.say(5_203, drifted)).toEqual([EDIT]);
    expect(subject.say(5_204, refused)).toEqual([]);
    expect(tableProblems(subject.state)).toEqual([`${EDIT}: no`]);
  });

  it('is changed at once while it is looked at, and what the look finds is void', () => {
    const subject = settledWriter(POLICY, table(service(80, 1)));
    expect(subject.say(5_000, { type: 'tick' })).toEqual(['read']);
    expect(subject.say(5_001, { type: 'desire', table: table(service(80, 3)) })).toEqual([weigh(3)]);
    expect(subject.say(5_002, { type: 'applied', results: [OK] })).toEqual(['logApplied']);
    expect(subject.say(5_003, { type: 'desire', table: table(service(80, 4)) })).toEqual([weigh(4)]);
    expect(subject.say(5_004, { type: 'read', table: table(service(80, 1)) })).toEqual([]);
    expect(subject.say(5_005, { type: 'applied', results: [OK] })).toEqual(['logApplied', 'read']);
    expect(subject.say(5_006, { type: 'read', table: table(service(80, 4)) })).toEqual([]);
    expect(isTableInSync(subject.state)).toBe(true);
  });

  it('is looked at in the end, however often it is changed', () => {
    const subject = settledWriter(POLICY, table(service(80, 1)));
    subject.say(5_000, { type: 'tick' });
    subject.say(5_001, { type: 'desire', table: table(service(80, 3)) });
    subject.say(5_002, { type: 'applied', results: [OK] });
    expect(subject.say(5_003, { type: 'read', table: table(service(80, 1)) })).toEqual(['read']);
    expect(subject.say(5_004, { type: 'desire', table: table(service(80, 5)) })).toEqual([]);
    // What was wanted meanwhile is no drift.
    expect(subject.say(5_005, { type: 'read', table: table(service(80, 3)) })).toEqual([weigh(5)]);
    expect(subject.state.drift.size).toBe(0);
  });

  it('is not read for a refusal before a void answer has come, and nothing is tried again before', () => {
    const subject = settledWriter(POLICY, table(service(80, 1)));
    subject.say(5_000, { type: 'tick' });
    subject.say(5_001, { type: 'desire', table: table(service(80, 3)) });
    const refused: TableSyncEvent = { type: 'applied', results: [{ ok: false, message: 'no' }] };
    expect(subject.say(5_002, refused)).toEqual(['logFailed']);
    expect(subject.say(5_300, { type: 'tick' })).toEqual([]);
    expect(subject.say(5_301, { type: 'read', table: table(service(80, 1)) })).toEqual(['read']);
    expect(subject.say(5_302, { type: 'read', table: table(service(80, 1)) })).toEqual([weigh(3)]);
  });

  it('is waited for where it is read for a refusal', () => {
    const subject = settledWriter(POLICY, table(service(80, 1)));
    expect(subject.say(100, { type: 'desire', table: table(service(80, 3)) })).toEqual([weigh(3)]);
    subject.say(101, { type: 'applied', results: [{ ok: false, message: 'no' }] });
    expect(subject.say(400, { type: 'tick' })).toEqual(['read']);
    expect(subject.say(401, { type: 'desire', table: table(service(80, 4)) })).toEqual([]);
    expect(subject.say(402, { type: 'read', table: table(service(80, 1)) })).toEqual([weigh(4)]);
  });

  it('does not take foreign entries for drift', () => {
    const subject = settledWriter(POLICY, table(service(80, 1)));
    subject.say(5_000, { type: 'tick' });
    const live = table(service(80, 1, 1), service(22, 1));
    expect(subject.say(5_001, { type: 'read', table: live })).toEqual([]);
  });

  it('tells twenty operations of a cleared table and counts the others', () => {
    const desired = table(service(80, ...new Array<number>(30).fill(1)));
    const { say } = settledWriter(POLICY, desired);
    say(5_000, { type: 'tick' });
    const said = say(5_001, { type: 'read', table: table() });
    expect(said.filter((text) => text.startsWith('drift '))).toHaveLength(20);
    expect(said).toContain('11 more');
    expect(said.filter((text) => text.startsWith('-'))).toHaveLength(31);
  });
});

describe('drift that is only to be reported', () => {
  function drifted(live: Table, desired = table(service(80, 1))) {
    const subject = settledWriter(REPORT, desired);
    subject.say(5_000, { type: 'tick' });
    return {
      ...subject,
      said: subject.say(5_001, { type: 'read', table: live }),
      state: () => subject.state,
    };
  }

  it('stays, is told once and stands in the status', () => {
    const subject = drifted(table(service(80, 7)));
    expect(subject.said).toEqual([`drift ${EDIT}`]);
    expect(subject.say(10_001, { type: 'tick' })).toEqual(['read']);
    expect(subject.say(10_002, { type: 'read', table: table(service(80, 7)) })).toEqual([]);
    expect(isTableInSync(subject.state())).toBe(false);
    expect(tableProblems(subject.state())).toEqual([`changed by somebody else: ${EDIT} puts it right`]);
  });

  it('is over when the other one puts it right', () => {
    const subject = drifted(table(service(80, 7)));
    subject.say(10_001, { type: 'tick' });
    expect(subject.say(10_002, { type: 'read', table: table(service(80, 1)) })).toEqual([]);
    expect(isTableInSync(subject.state())).toBe(true);
  });

  it('gives way to a new wish of ours', () => {
    const subject = drifted(table(service(80, 7)));
    expect(subject.say(5_002, { type: 'desire', table: table(service(80, 0)) })).toEqual([
      '-e -t 10.0.0.9:80 -r 10.0.1.1:80 -g -w 0',
    ]);
  });

  it('holds back what concerns a service that is gone, and nothing else', () => {
    const subject = drifted(table(service(81)), table(service(80, 1), service(81)));
    const desired = table(service(80, 1, 1), service(81, 1));
    expect(subject.say(5_002, { type: 'desire', table: desired })).toEqual([
      '-a -t 10.0.0.9:81 -r 10.0.1.1:81 -g -w 1',
    ]);
  });

  it('survives a reading of a table that many operations changed', () => {
    const subject = drifted(table(service(80, 7)));
    const many = service(81, ...new Array<number>(60).fill(1));
    const adds = subject.say(5_002, { type: 'desire', table: table(service(80, 1), many) });
    subject.say(5_003, { type: 'applied', results: adds.map(() => OK) });
    expect(subject.say(5_004, { type: 'read', table: table(service(80, 7), many) })).toEqual([]);
    expect(subject.state().drift).toEqual(new Set([EDIT]));
  });

  it('is put right once the policy says so', () => {
    const subject = drifted(table(service(80, 7)));
    subject.setPolicy(POLICY);
    subject.say(10_001, { type: 'tick' });
    expect(subject.say(10_002, { type: 'read', table: table(service(80, 7)) })).toEqual([EDIT]);
  });
});
