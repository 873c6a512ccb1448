import { describe, expect, it } from 'vitest';
import type { Script } from '../../src/core/faults.js';
import { runScript } from '../../src/core/pair.js';
import { type Machines, OWN_MACHINES, pairOf } from '../../src/index.js';
import { SETTINGS, scriptWith } from '../support.js';

/** The old rule: only the lateness of a timer tells of a sleep. */
const TIMERS_ALONE: Machines = {
  ...OWN_MACHINES,
  stepPulse: (settings, state, event, nowMs) =>
    OWN_MACHINES.stepPulse(settings, { ...state, awakeSinceMs: nowMs }, event, nowMs),
};

/** The active primary's machine stands still for so long, at some moment between two of its beats. */
function pausedFor(durationMs: number, atMs: number): Script {
  return scriptWith(durationMs, { atMs, fault: { kind: 'pause', node: 'primary', durationMs } });
}

function brokenPromises(machines: Machines): readonly string[] {
  const broken: string[] = [];
  for (let durationMs = 300; durationMs <= 540; durationMs += 8) {
    for (const atMs of [6_000, 6_030, 6_060, 6_090]) {
      const { violation } = runScript(pairOf(SETTINGS, machines), pausedFor(durationMs, atMs));
      if (violation !== undefined) broken.push(`${violation.promise}: ${durationMs} ms at ${atMs} ms`);
    }
  }
  return broken;
}

describe('a machine that stands still for about the deadtime', () => {
  it('leaves the addresses to a partner that took them, and never holds them beside it', () => {
    expect(brokenPromises(OWN_MACHINES)).toEqual([]);
  });

  it('would win the tie back if only a late timer told it of its sleep', () => {
    expect(brokenPromises(TIMERS_ALONE).length).toBeGreaterThan(0);
  });
});
