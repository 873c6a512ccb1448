import { describe, expect, it } from 'vitest';
import { Tally } from '../../src/core/tally.js';

describe('the tally of a load', () => {
  it('keeps totals, and a rate that falls to nothing when nothing completes', () => {
    const tally = new Tally();
    const completed = { type: 'completed', server: 'one' } as const;
    tally.add(
      Array.from({ length: 40 }, (_, index) => ({ begunMs: 0, endedMs: index * 50, outcome: completed })),
    );
    tally.add([{ begunMs: 0, endedMs: 1_990, outcome: { type: 'refused' } }]);
    expect([tally.completed, tally.failed]).toEqual([40, 1]);
    expect(tally.perSecond(1_999)).toBe(20);
    expect(tally.perSecond(2_975)).toBe(10);
    expect(tally.perSecond(5_000)).toBe(0);
    expect([tally.completed, tally.failed]).toEqual([40, 1]);
  });
});
