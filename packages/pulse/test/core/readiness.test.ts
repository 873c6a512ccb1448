import { describe, expect, it } from 'vitest';
import {
  ownView,
  type ReadinessFacts,
  type ReadinessNews,
  readinessGaps,
  readinessStatus,
  stepReadinessNews,
} from '../../src/core/readiness.js';
import { readinessFacts as facts, nodeView } from '../support/node-views.js';

const ORDER = { unlessAlone: true, by: 'alice', at: '2026-03-01T12:00:00.000Z', reason: '' };
const STANDBY = facts().state;
const LVSD = { ready: true, tableInSync: true, serversUp: 3, serversTotal: 3 };

function reasons(changes: Partial<ReadinessFacts>): readonly string[] {
  return readinessStatus(facts(changes)).reasons;
}

describe('a standby is ready to take over', () => {
  it('when it lacks nothing', () => {
    expect(readinessStatus(facts())).toEqual({
      ready: true,
      reasons: [],
      tableLoaded: true,
      firstVerdicts: true,
      serversUp: 3,
      serversTotal: 3,
    });
  });

  it.each<[string, Partial<ReadinessFacts>, string]>([
    ['in maintenance standby', { state: { ...STANDBY, maintenance: ORDER } }, 'maintenance standby'],
    ['with a link down', { state: { ...STANDBY, failure: 'eth0 link down' } }, 'eth0 link down'],
    ['without its forwarder', { missing: ['ipvsu'] }, 'ipvsu does not run'],
    ['without lvsd', { lvsd: undefined }, 'lvsd is not reached'],
    [
      'with a table that is not in sync',
      { lvsd: { ...LVSD, tableInSync: false } },
      'the table is not in sync',
    ],
    [
      'before the first verdicts',
      { lvsd: { ...LVSD, ready: false } },
      'not every server has its first verdict',
    ],
    ['that reaches no server', { lvsd: { ...LVSD, serversUp: 0 } }, 'no server is up (0 of 3)'],
    ['that does not learn', { sync: { seconds: undefined } }, "the partner's connections are not learned"],
    [
      'that has not learned for long',
      { sync: { seconds: 19 } },
      "the partner's connections are learned for only 19 s of 20 s",
    ],
    [
      'whose witness is silent',
      { witness: { policy: 'require', isEnough: false, text: 'no witness' } },
      'no witness',
    ],
  ])('not %s', (_, changes, reason) => {
    expect(reasons(changes)).toEqual([reason]);
    expect(readinessStatus(facts(changes)).ready).toBe(false);
  });

  it('although some server is down, a witness that only advises is silent, or nothing is synchronised', () => {
    expect(reasons({ lvsd: { ...LVSD, serversUp: 1 } })).toEqual([]);
    expect(reasons({ witness: { policy: 'advise', isEnough: false, text: 'no witness' } })).toEqual([]);
    expect(reasons({ witness: undefined, sync: undefined })).toEqual([]);
    expect(reasons({ lvsd: { ...LVSD, serversUp: 0, serversTotal: 0 } })).toEqual([]);
  });

  it('cold, without a table; once it serves it needs one', () => {
    expect(reasons({ isCold: true, lvsd: undefined })).toEqual([]);
    expect(reasons({ isCold: true, lvsd: undefined, state: { ...STANDBY, duty: 'active' } })).toEqual([
      'lvsd is not reached',
    ]);
  });

  it('and one that serves learns from nobody', () => {
    expect(reasons({ sync: { seconds: undefined }, state: { ...STANDBY, duty: 'active' } })).toEqual([]);
  });

  it('says all that it lacks', () => {
    expect(reasons({ lvsd: undefined, state: { ...STANDBY, failure: 'eth0 link down' } })).toEqual([
      'eth0 link down',
      'lvsd is not reached',
    ]);
  });
});

describe('what a node says of itself in a beat', () => {
  it('has figures for table, servers and connections, and a failure for the rest', () => {
    expect(ownView(facts())).toEqual(nodeView({ listenedPercent: 100, listenedSeconds: 20 }));
    expect(ownView(facts({ sync: { seconds: 5 } }))).toEqual(
      nodeView({ listenedPercent: 25, listenedSeconds: 5 }),
    );
    const deaf = ownView(facts({ sync: { seconds: undefined } })).readiness;
    expect(deaf).toMatchObject({ listenedPercent: 0, listenedSeconds: 0 });
    expect(ownView(facts({ sync: undefined })).readiness).not.toHaveProperty('listenedPercent');
    const dark = ownView(facts({ lvsd: undefined }));
    expect(dark.failure).toBeUndefined();
    expect(dark.readiness).toMatchObject({ tableLoaded: false, firstVerdicts: false, serversUp: 0 });
    const state = { ...STANDBY, maintenance: ORDER, failure: 'eth0 link down' };
    expect(ownView(facts({ state })).failure).toBe('maintenance standby; eth0 link down');
  });
});

describe('the log', () => {
  /** Codes of what is told when these are seen, each for so long, looked at every 500 ms. */
  function told(...seen: readonly (readonly [ReadinessFacts, number])[]): string[] {
    let news: ReadinessNews = { told: undefined, pending: undefined };
    let nowMs = 0;
    const lines: string[] = [];
    for (const [one, lastsMs] of seen) {
      for (const endMs = nowMs + lastsMs; nowMs < endMs; nowMs += 500) {
        const gaps = readinessGaps(one);
        const step = stepReadinessNews(news, gaps, nowMs);
        news = step.news;
        if (step.changed) lines.push(gaps.map(({ code }) => code).join(' ') || 'ready');
      }
    }
    return lines;
  }

  it('tells a change once, when it has lasted for a second', () => {
    expect(told([facts(), 60_000])).toEqual(['ready']);
    expect(told([facts({ lvsd: undefined }), 2_000], [facts(), 10_000])).toEqual(['lvsd', 'ready']);
    expect(told([facts(), 5_000], [facts({ lvsd: undefined }), 1_000], [facts(), 5_000])).toEqual(['ready']);
  });

  it('does not tell figures that move', () => {
    const steps = [1, 5, 9, 13].map((seconds) => [facts({ sync: { seconds } }), 4_000] as const);
    expect(told(...steps, [facts(), 4_000])).toEqual(['sync', 'ready']);
  });
});
