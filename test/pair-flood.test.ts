import { floodPair, floodSums } from '@piranha/lab/flood';
import { describe, expect, it } from 'vitest';

const PACKETS = 3_000;
/** Lines that a hostile packet may cause: the first of each reason, and in so short a time no other. */
const TOLD = new Set(['PULSE_BEAT_DROPPED', 'PULSE_BAD_LENGTH', 'PULSE_BAD_WORD']);

describe.each([
  [
    'a key',
    true,
    ['duplicate', 'malformed', 'no envelope', 'not authentic', 'own beat', 'stranger', 'unproven'],
  ],
  ["the original's words", false, ['bad length', 'stranger', 'unknown word']],
] as const)('a live pair with %s, fed with hostile packets', (_, hasKey, reasons) => {
  it('counts them all, changes nothing, and tells of each reason once', async () => {
    const result = await floodPair(hasKey, PACKETS);
    const { lines, dropped, replayedWords, ...sums } = floodSums(result);
    expect(sums).toEqual({ sent: PACKETS, lostByKernel: 0, processesChanged: 0, rolesChanged: 0 });
    expect(dropped + replayedWords).toBe(PACKETS);
    expect(replayedWords > 0).toBe(!hasKey);
    for (const [side, { status }] of result.after.entries()) {
      const counted = status.heartbeat?.dropped ?? {};
      expect(Object.keys(counted)).toEqual(expect.arrayContaining([...reasons]));
      const told = Object.entries(lines[side] ?? {});
      expect(told.filter(([event]) => !TOLD.has(event))).toEqual([]);
      const count = told.reduce((sum, [, times]) => sum + times, 0);
      expect(count).toBeGreaterThan(0);
      // What strangers send is told with -v only.
      expect(count).toBeLessThan(Object.keys(counted).length);
      // Nothing was washed out of the history that status shows.
      const { history = [] } = result.before[side]?.status ?? {};
      expect(history.length).toBeGreaterThan(0);
      expect(status.history.slice(0, history.length)).toEqual(history);
    }
  });
});
