import type { NodeRole } from '@piranha/protocol';
import { describe, expect, it } from 'vitest';
import { DEADTIME_MS, KEEPALIVE_MS, MixedPair, otherRole, ROLES } from '../support/mixed-pair.js';

const SLACK_MS = 10;
/** From an original's last beat to the partner's take. */
const GAP_MS = DEADTIME_MS + SLACK_MS;

/** Two originals, of which the one in `role` serves. */
function originals(role: NodeRole): MixedPair {
  const pair = new MixedPair();
  pair.startOld(role);
  pair.runUntil('the first serves', () => pair.holders().length === 1);
  pair.startOld(otherRole(role));
  pair.run(2 * DEADTIME_MS);
  expect(pair.holders()).toEqual([role]);
  pair.forget();
  return pair;
}

function stop(pair: MixedPair, role: NodeRole): void {
  pair.member(role)?.stop();
  pair.runUntil('the end of the process', () => pair.member(role)?.alive === false);
}

/** Runs on and tells how long nobody, and both, held the addresses meanwhile. */
function times(pair: MixedPair, runMs: number): readonly [number, number] {
  pair.run(runMs);
  const found = [pair.nobodyMs, pair.bothMs] as const;
  pair.forget();
  return found;
}

describe.each(ROLES)('two originals of which the %s serves become two of ours', (active) => {
  const standby = otherRole(active);

  it('the standby first, then the active: nobody for no longer than a deadtime, once', () => {
    const pair = originals(active);
    stop(pair, standby);
    pair.startOurs(standby);
    expect(times(pair, 2 * DEADTIME_MS)).toEqual([0, 0]);
    expect(pair.holders()).toEqual([active]);

    stop(pair, active);
    const [nobodyMs, bothMs] = times(pair, 2 * DEADTIME_MS);
    expect(nobodyMs).toBeLessThanOrEqual(GAP_MS);
    expect(bothMs).toBe(0);
    expect(pair.holders()).toEqual([standby]);

    pair.startOurs(active);
    expect(times(pair, 60_000)).toEqual([0, 0]);
    expect(pair.holders()).toEqual([standby]);
  });

  it('and back again, one at a time, without a gap where ours is the one that stops', () => {
    const pair = new MixedPair();
    pair.startOurs(active);
    pair.runUntil('the first serves', () => pair.holders().length === 1);
    pair.startOurs(standby);
    pair.run(2 * DEADTIME_MS);
    pair.forget();

    stop(pair, standby);
    pair.startOld(standby);
    expect(times(pair, 2 * DEADTIME_MS)).toEqual([0, 0]);
    expect(pair.holders()).toEqual([active]);

    stop(pair, active);
    const [nobodyMs, bothMs] = times(pair, 2 * DEADTIME_MS);
    expect(nobodyMs).toBe(0);
    expect(bothMs).toBeLessThanOrEqual(KEEPALIVE_MS + SLACK_MS);
    expect(pair.holders()).toEqual([standby]);
    pair.startOld(active);
    expect(times(pair, 60_000)).toEqual([0, 0]);
  });
});

it('two originals that boot together are both active for a moment, then the tie rule leaves the primary', () => {
  const pair = new MixedPair();
  for (const role of ROLES) pair.startOld(role);
  pair.run(30_000);
  expect(pair.bothMs).toBeGreaterThan(0);
  expect(pair.holders()).toEqual(['primary']);
});

it('without any gap where the original backup serves: ours starts active as the primary, and the backup yields', () => {
  const pair = originals('backup');
  stop(pair, 'primary');
  pair.startOurs('primary', { type: 'forced' });
  const [nobodyMs, bothMs] = times(pair, 2 * DEADTIME_MS);
  expect(nobodyMs).toBe(0);
  expect(bothMs).toBeLessThanOrEqual(pair.times.deactivateMs + SLACK_MS);
  expect(pair.holders()).toEqual(['primary']);
  stop(pair, 'backup');
  pair.startOurs('backup');
  expect(times(pair, 60_000)).toEqual([0, 0]);
});
