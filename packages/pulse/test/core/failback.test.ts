import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FailbackState, NO_FAILBACK, stepFailback } from '../../src/core/failback.js';
import type { NodeView } from '../../src/core/readiness.js';
import { nodeView } from '../support/node-views.js';
import { VirtualPair } from '../support/virtual-pair.js';

const HOLD_MS = 10_000;
const LOOK_MS = 500;
const BACKUP = { role: 'backup', deadtimeMs: 400 } as const;
const READY = { failback: 'ready', failbackHoldMs: HOLD_MS } as const;
type Words = Parameters<typeof stepFailback>[0];

/** A pair whose primary was away; the backup serves, and looks twice a second whether to hand back. */
class ReturnedPrimary {
  readonly pair = new VirtualPair();
  /** What the primary says of itself; undefined: 4-byte words. */
  view: NodeView | undefined = nodeView();
  readonly begunAtMs: number[] = [];
  private state: FailbackState = NO_FAILBACK;

  constructor(private readonly words: Words = READY) {
    this.pair.start('primary');
    this.pair.start('backup');
    this.pair.run(2_000);
    this.look(1_000);
    expect(this.pair.holders()).toEqual(['primary']);
  }

  /** The primary dies and comes back. */
  crashAndReturn(): void {
    this.pair.crash('primary');
    this.look(5_000);
    this.pair.start('primary');
    this.look(LOOK_MS);
    expect(this.pair.holders()).toEqual(['backup']);
    this.pair.nobodyMs = 0;
  }

  look(forMs: number): void {
    for (let passedMs = 0; passedMs < forMs; passedMs += LOOK_MS) {
      this.pair.run(LOOK_MS);
      const { settings, state } = this.pair.nodes.backup;
      const views = { own: nodeView(), partner: this.view };
      const step = stepFailback(this.words, settings, state, views, this.state, this.pair.nowMs);
      this.state = step.state;
      if (step.news !== 'begins') continue;
      this.begunAtMs.push(this.pair.nowMs);
      this.pair.send('backup', { type: 'handover' });
    }
  }
}

describe('a primary that was away', () => {
  it('gets the addresses back when it was fit for the hold time, and nobody is missed meanwhile', () => {
    const returned = new ReturnedPrimary();
    returned.crashAndReturn();
    returned.look(HOLD_MS - 2 * LOOK_MS);
    expect(returned.pair.holders()).toEqual(['backup']);
    returned.look(3 * LOOK_MS);
    expect(returned.pair.holders()).toEqual(['primary']);
    expect(returned.pair.nobodyMs).toBe(0);
    returned.look(60_000);
    expect(returned.begunAtMs).toHaveLength(1);
  });

  it('waits anew after a sleep of its giver, which has heard nothing since', () => {
    const state = { duty: 'active', listening: false, partnerWord: 'lvs stopped', lastHeardMs: 0 } as const;
    const views = { own: nodeView(), partner: nodeView() };
    const look = (before: FailbackState, heardMs: number, nowMs: number) =>
      stepFailback(READY, BACKUP, { ...state, lastHeardMs: heardMs }, views, before, nowMs);
    const fit = look({ ...NO_FAILBACK, missed: true }, 1_000, 1_000);
    expect(fit.news).toBe('waits');
    const woken = look(fit.state, 1_500, 36_000);
    expect(woken).toMatchObject({ news: 'nothing', state: { missed: true, fitSinceMs: undefined } });
    const again = look(woken.state, 36_400, 36_500);
    expect(again.news).toBe('waits');
    expect(look(again.state, 36_500 + HOLD_MS, 36_500 + HOLD_MS).news).toBe('begins');
  });

  it('waits anew after each moment in which it was not fit', () => {
    const returned = new ReturnedPrimary();
    returned.crashAndReturn();
    for (const view of [
      nodeView({ firstVerdicts: false }),
      nodeView({}, 'eth0 link down'),
      nodeView({ serversUp: 2 }),
    ]) {
      returned.look(HOLD_MS - 2 * LOOK_MS);
      returned.view = view;
      returned.look(LOOK_MS);
      returned.view = nodeView();
    }
    expect(returned.begunAtMs).toEqual([]);
    returned.look(HOLD_MS + LOOK_MS);
    expect(returned.begunAtMs).toHaveLength(1);
  });

  it.each([
    ['none', nodeView(), 0],
    ['ready', undefined, 0],
    ['always', undefined, 0],
    ['ready', nodeView({ tableLoaded: false }), 0],
    ['always', nodeView({ tableLoaded: false }), 1],
    ['always', nodeView({}, 'maintenance standby'), 0],
  ] as const)('with failback = %s: %#', (failback, view, begun) => {
    const returned = new ReturnedPrimary({ ...READY, failback });
    returned.view = view;
    returned.crashAndReturn();
    returned.look(60_000);
    expect(returned.begunAtMs).toHaveLength(begun);
  });

  it('that does not take them is tried again later and later', () => {
    const returned = new ReturnedPrimary();
    returned.crashAndReturn();
    // It says that it is fit, and takes nothing.
    const order = { unlessAlone: false, by: 'alice', at: '2026-03-01T12:00:00.000Z', reason: '' };
    returned.pair.send('primary', { type: 'maintenance', order, force: true });
    returned.look(200_000);
    const waits = returned.begunAtMs.slice(1).map((atMs, index) => atMs - (returned.begunAtMs[index] ?? 0));
    expect(waits).toEqual([2 * HOLD_MS, 4 * HOLD_MS, 8 * HOLD_MS]);
    expect(returned.pair.holders()).toEqual(['backup']);
    expect(returned.pair.nobodyMs).toBe(0);
  });
});

describe('a primary whose guardian beats for its pulse', () => {
  it('gets nothing before pulse was there for the hold time', () => {
    const returned = new ReturnedPrimary();
    returned.view = { ...nodeView(), standIn: true };
    returned.crashAndReturn();
    returned.look(3 * HOLD_MS);
    expect(returned.begunAtMs).toEqual([]);
    returned.view = nodeView();
    returned.look(HOLD_MS - LOOK_MS);
    expect(returned.begunAtMs).toEqual([]);
    returned.look(3 * LOOK_MS);
    expect(returned.pair.holders()).toEqual(['primary']);
  });
});

describe('the addresses stay', () => {
  it('where an operator moved them while the primary was well', () => {
    const returned = new ReturnedPrimary();
    returned.pair.send('primary', { type: 'handover' });
    returned.look(60_000);
    expect(returned.begunAtMs).toEqual([]);
    expect(returned.pair.holders()).toEqual(['backup']);
  });

  it('on the primary', () => {
    const step = stepFailback(
      READY,
      { role: 'primary', deadtimeMs: 400 },
      { duty: 'active', listening: false, partnerWord: 'lvs stopped', lastHeardMs: 0 },
      { own: nodeView(), partner: nodeView() },
      { missed: true, fitSinceMs: 0, tries: 0 },
      1e9,
    );
    expect(step).toEqual({ state: NO_FAILBACK, news: 'nothing' });
  });

  it('with 4-byte words, whatever happens and whatever the word says', () => {
    const duty = fc.constantFrom('standby', 'claiming', 'taking', 'active', 'releasing', 'dropping', 'ended');
    const look = fc.record({
      duty,
      listening: fc.boolean(),
      partnerWord: fc.constantFrom('lvs running', 'lvs stopped', undefined),
      lastHeardMs: fc.integer({ min: 0, max: 1e7 }),
    });
    const failback = fc.constantFrom('none', 'ready', 'always');
    fc.assert(
      fc.property(
        failback,
        fc.array(look as fc.Arbitrary<Parameters<typeof stepFailback>[2]>),
        (word, looks) => {
          let state = NO_FAILBACK;
          for (const [index, one] of looks.entries()) {
            const words = { failback: word, failbackHoldMs: 1 };
            const views = { own: nodeView(), partner: undefined };
            const step = stepFailback(words, BACKUP, one, views, state, index * 1e6);
            expect(step.news).toBe('nothing');
            state = step.state;
          }
        },
      ),
    );
  });
});
