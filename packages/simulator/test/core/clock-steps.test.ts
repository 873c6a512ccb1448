import { describe, expect, it } from 'vitest';
import { type ClockStep, type Script, scriptOf } from '../../src/core/faults.js';
import { runScript } from '../../src/core/pair.js';
import { SeededRandom } from '../../src/core/random.js';
import { OWN_MACHINES, pairOf, type SimulatedPair } from '../../src/index.js';
import { SETTINGS } from '../support.js';

const SEEDS = 12;
const DAY_MS = 86_400_000;

/** On and back, by little and by much, while faults go on. */
const CLOCK_STEPS: readonly ClockStep[] = [
  { atMs: 1_000, node: 'primary', stepMs: -DAY_MS },
  { atMs: 1_700, node: 'backup', stepMs: 2_000 },
  { atMs: 2_500, node: 'backup', stepMs: -450 },
  { atMs: 3_000, node: 'primary', stepMs: DAY_MS },
];

function scriptsOf(pair: SimulatedPair): readonly Script[] {
  const parts = { hasWitness: false, hasMaintenance: pair.hasMaintenance === true };
  return Array.from({ length: SEEDS }, (_, index) =>
    scriptOf(new SeededRandom(index), index, SETTINGS.deadtimeMs, parts),
  );
}

describe('a wall clock that is set on or back', () => {
  it.each([false, true])(
    'changes nothing of what a pair does, to the last line (with a key: %s)',
    (hasKey) => {
      const pair = { ...pairOf(SETTINGS), hasKey, hasMaintenance: true };
      for (const script of scriptsOf(pair)) {
        expect(runScript(pair, { ...script, clockSteps: CLOCK_STEPS })).toEqual(runScript(pair, script));
      }
    },
  );

  it('would change much if the daemons went by it', () => {
    const pair = pairOf(SETTINGS, { ...OWN_MACHINES, clockMs: ({ wallMs }) => wallMs });
    const changed = scriptsOf(pair).filter((script) => {
      const stepped = runScript(pair, { ...script, clockSteps: CLOCK_STEPS });
      return stepped.takeovers !== runScript(pair, script).takeovers || stepped.violation !== undefined;
    });
    expect(changed.length).toBeGreaterThan(SEEDS / 2);
  });
});
