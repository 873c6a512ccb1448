import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admit, WINDOW_WIDTH, windowAt } from '../../src/core/replay-window.js';

describe('a replay window', () => {
  it('lets each number in once, and none that is 64 or more below the newest', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 300 }), (numbers) => {
        let window = windowAt(50);
        let newest = 50;
        const seen = new Set(Array.from({ length: 50 }, (_, index) => index + 1));
        for (const number of numbers) {
          const verdict = admit(window, number);
          const expected =
            number > newest
              ? 'newer'
              : newest - number >= WINDOW_WIDTH
                ? 'too old'
                : seen.has(number)
                  ? 'duplicate'
                  : 'older';
          expect(verdict.type).toBe(expected);
          seen.add(number);
          newest = Math.max(newest, number);
          if ('window' in verdict) window = verdict.window;
          expect(window.newest).toBe(newest);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('takes a leap of any width', () => {
    const far = admit(windowAt(1), Number.MAX_SAFE_INTEGER);
    expect(far).toEqual({ type: 'newer', window: { newest: Number.MAX_SAFE_INTEGER, seen: 1n } });
  });
});
