import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimerWheel, WheelTimer } from '../../src/core/timer-wheel.js';

type Act =
  | { readonly type: 'add'; readonly afterMs: number }
  | { readonly type: 'remove'; readonly which: number }
  | { readonly type: 'set'; readonly which: number; readonly afterMs: number }
  | { readonly type: 'advance'; readonly byMs: number };

const wait = fc.double({ min: -50, max: 5_000, noNaN: true });

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ type: fc.constant('add' as const), afterMs: wait }),
  fc.record({ type: fc.constant('remove' as const), which: fc.nat(20) }),
  fc.record({ type: fc.constant('set' as const), which: fc.nat(20), afterMs: wait }),
  fc.record({
    type: fc.constant('advance' as const),
    byMs: fc.oneof(
      fc.double({ min: 0, max: 40, noNaN: true }),
      fc.double({ min: 0, max: 9_000, noNaN: true }),
    ),
  }),
);

/** The same as a list. */
class NaiveTimers {
  private timers: { dueMs: number; value: number }[] = [];

  add(dueMs: number, value: number): void {
    this.timers.push({ dueMs, value });
  }

  remove(value: number): void {
    this.timers = this.timers.filter((timer) => timer.value !== value);
  }

  advance(nowMs: number): number[] {
    const due = this.timers.filter(({ dueMs }) => dueMs <= nowMs);
    this.timers = this.timers.filter(({ dueMs }) => dueMs > nowMs);
    return due.map(({ value }) => value);
  }

  get earliestMs(): number {
    return Math.min(...this.timers.map(({ dueMs }) => dueMs));
  }

  get size(): number {
    return this.timers.length;
  }
}

describe('TimerWheel', () => {
  it('gives out what a list would, whatever is put in, taken out and however it is turned', () => {
    const start = fc.double({ min: 0, max: 2 ** 40, noNaN: true });
    const property = fc.property(start, fc.array(act, { maxLength: 120 }), (startMs, acts) => {
      let nowMs = startMs;
      const wheel = new TimerWheel<number>(nowMs);
      const naive = new NaiveTimers();
      const handles: WheelTimer<number>[] = [];
      for (const one of acts) {
        if (one.type === 'add') {
          const handle = new WheelTimer(handles.length);
          wheel.set(handle, nowMs + one.afterMs);
          naive.add(nowMs + one.afterMs, handle.value);
          handles.push(handle);
        } else if (one.type === 'set') {
          const handle = handles[one.which];
          if (!handle) continue;
          wheel.set(handle, nowMs + one.afterMs);
          naive.remove(handle.value);
          naive.add(nowMs + one.afterMs, handle.value);
        } else if (one.type === 'remove') {
          const handle = handles[one.which];
          if (handle) wheel.remove(handle);
          naive.remove(one.which);
        } else {
          nowMs += one.byMs;
          const due = wheel.advance(nowMs);
          expect(due.map(({ value }) => value).sort()).toEqual(naive.advance(nowMs).sort());
          expect(due.map(({ dueMs }) => dueMs)).toEqual(
            due.map(({ dueMs }) => dueMs).sort((first, second) => first - second),
          );
        }
        expect(wheel.size).toBe(naive.size);
        const nextMs = wheel.nextTurnMs();
        if (naive.size === 0) expect(nextMs).toBeUndefined();
        else expect(nextMs).toBeLessThanOrEqual(naive.earliestMs);
      }
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('is turned once a second at most for what is far away', () => {
    const wheel = new TimerWheel<string>(0);
    wheel.set(new WheelTimer('far'), 10_000);
    let turns = 0;
    for (let atMs = wheel.nextTurnMs(); atMs !== undefined; atMs = wheel.nextTurnMs()) {
      const due = wheel.advance(atMs);
      turns += 1;
      if (due.length > 0) expect(atMs).toBe(10_000);
    }
    expect(turns).toBeLessThanOrEqual(11);
  });
});
