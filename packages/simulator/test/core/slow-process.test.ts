import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/core/faults.js';
import type { NodeName } from '../../src/core/names.js';
import { type Outcome, runScript } from '../../src/core/pair.js';
import { pairOf, pairSettings } from '../../src/index.js';
import { SETTINGS, scriptWith } from '../support.js';

type SlowProcess = Extract<Fault, { kind: 'slowProcess' }>;

/** A calm pair one of whose processes stands still for so long again and again, and runs for 5 ms in between. */
function withSlow(
  node: NodeName,
  process: SlowProcess['process'],
  stallMs: number,
  settings = SETTINGS,
): Outcome {
  const fault: SlowProcess = { kind: 'slowProcess', node, process, stallMs, runMs: 5, durationMs: 3_000 };
  return runScript(pairOf(settings), scriptWith(stallMs, { atMs: 6_000, fault }));
}

const STALLS_MS = [1, 20, 90, 150, 250, 399, 410, 700, 1_500];

describe('a process that gets too little of a processor', () => {
  it('is not missed: its words come within the deadtime, or its guardian speaks for it', () => {
    for (const stallMs of STALLS_MS) {
      const { violation, takeovers } = withSlow('primary', 'pulse', stallMs);
      expect({ stallMs, violation, takeovers }).toEqual({ stallMs, violation: undefined, takeovers: 1 });
    }
  });

  it('is taken for dead where the deadtime is shorter than its guardian waits, and one holder is left', () => {
    for (const stallMs of [80, 120, 160]) {
      const { violation, takeovers } = withSlow('primary', 'pulse', stallMs, pairSettings(10, 50));
      expect({ stallMs, violation }).toEqual({ stallMs, violation: undefined });
      expect(takeovers).toBeGreaterThan(1);
    }
  });

  it('takes nothing as the standby, however long it stands still, nor as either guardian', () => {
    for (const stallMs of STALLS_MS) {
      for (const [node, process] of [
        ['backup', 'pulse'],
        ['backup', 'guardian'],
        ['primary', 'guardian'],
      ] as const) {
        const { violation, takeovers } = withSlow(node, process, stallMs);
        expect({ node, process, stallMs, violation, takeovers }).toMatchObject({
          violation: undefined,
          takeovers: 1,
        });
      }
    }
  });
});
