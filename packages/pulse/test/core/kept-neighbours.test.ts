import type { NeighbourEntry } from '@piranha/net';
import { describe, expect, it } from 'vitest';
import {
  isLookDue,
  lookAtNeighbours,
  NO_NEIGHBOURS,
  patienceMs,
  type WatchedAddress,
} from '../../src/core/kept-neighbours.js';

const PARTNER = '10.0.0.3';
const MAC = '02:00:00:00:00:03';
const NEW_MAC = '02:00:00:00:00:33';
const LIMIT_MS = 3_000;

function entry(state: NeighbourEntry['state'], more: Partial<NeighbourEntry> = {}): NeighbourEntry {
  const linkAddress = state === 'lost' ? undefined : MAC;
  return { ifindex: 2, address: PARTNER, linkAddress, state, ...more };
}

/** A partner whose last word came at `lastMs`. */
function heardAt(lastMs: number, address = PARTNER): WatchedAddress {
  return { address, silentSinceMs: lastMs, heardSinceMs: Math.min(lastMs, 0) };
}

/** The table as it was at one moment after the other, and what is confirmed at each; heard last at 0. */
function looks(...tables: readonly (readonly [nowMs: number, ...entries: readonly NeighbourEntry[]])[]) {
  let memory = NO_NEIGHBOURS;
  return tables.map(([nowMs, ...table]) => {
    const heard = heardAt(Math.min(nowMs, 0));
    const step = lookAtNeighbours(memory, [heard], table, LIMIT_MS, nowMs);
    memory = step.memory;
    return step.confirmations.map(({ ifindex, linkAddress, isFirst }) => [ifindex, linkAddress, isFirst]);
  });
}

describe('the neighbour entry of a silent partner', () => {
  it('is confirmed with what it was while the partner was heard, each time that it is lost', () => {
    expect(
      looks(
        [-1_000, entry('trusted')],
        [3_500, entry('lost')],
        [4_500, entry('trusted')],
        [30_000, entry('probed')],
        [31_000],
      ),
    ).toEqual([[], [[2, MAC, true]], [], [[2, MAC, false]], [[2, MAC, false]]]);
  });

  it('is the kernel`s own business before half the deadtime is over, and while it is trusted', () => {
    expect(looks([0, entry('trusted')], [3_000, entry('lost')], [3_001, entry('lost')])).toEqual([
      [],
      [],
      [[2, MAC, true]],
    ]);
    expect(looks([0, entry('trusted')], [5_000, entry('trusted')])).toEqual([[], []]);
  });

  it('is confirmed from a probe alone, where nothing was learned before', () => {
    expect(looks([4_000, entry('probed')])).toEqual([[[2, MAC, true]]]);
  });

  it('is never made up', () => {
    expect(looks([0], [4_000], [5_000, entry('lost')])).toEqual([[], [], []]);
    expect(looks([0, entry('trusted', { address: '10.0.0.4' })], [4_000])).toEqual([[], []]);
    expect(looks([0, entry('trusted', { linkAddress: undefined })], [4_000])).toEqual([[], []]);
  });

  it('of a new machine counts more than the old one', () => {
    const replaced = entry('probed', { linkAddress: NEW_MAC });
    expect(looks([0, entry('trusted')], [4_000, replaced], [5_000, entry('lost')])).toEqual([
      [],
      [[2, NEW_MAC, true]],
      [[2, NEW_MAC, false]],
    ]);
    expect(
      looks([0, entry('trusted')], [4_000, entry('trusted', { linkAddress: NEW_MAC })], [9_000]),
    ).toEqual([[], [], [[2, NEW_MAC, true]]]);
  });

  it('that somebody set for good is left alone, also when it is gone again', () => {
    expect(looks([0, entry('trusted')], [4_000, entry('fixed')], [5_000, entry('lost')])).toEqual([
      [],
      [],
      [],
    ]);
  });

  it('is kept on each interface that has it, and forgotten on one that the partner has left', () => {
    const other = entry('trusted', { ifindex: 3 });
    expect(looks([0, entry('trusted'), other], [4_000])).toEqual([
      [],
      [
        [2, MAC, true],
        [3, MAC, false],
      ],
    ]);
    expect(looks([0, entry('trusted')], [1_000, entry('lost'), other], [4_000])).toEqual([
      [],
      [],
      [[3, MAC, true]],
    ]);
  });

  it('is told once for each silence', () => {
    const first = lookAtNeighbours(NO_NEIGHBOURS, [heardAt(0)], [entry('probed')], LIMIT_MS, 4_000);
    const still = lookAtNeighbours(first.memory, [heardAt(0)], [entry('probed')], LIMIT_MS, 5_000);
    const heard = lookAtNeighbours(still.memory, [heardAt(6_000)], [entry('probed')], LIMIT_MS, 6_000);
    const again = lookAtNeighbours(still.memory, [heardAt(6_000)], [entry('probed')], LIMIT_MS, 10_000);
    expect(first.confirmations).toMatchObject([{ isFirst: true, silentMs: 4_000 }]);
    expect(still.confirmations).toMatchObject([{ isFirst: false }]);
    expect(heard.confirmations).toEqual([]);
    expect(again.confirmations).toMatchObject([{ isFirst: true, silentMs: 4_000 }]);
  });

  it('does not touch the one of a partner that is heard', () => {
    const watched = [heardAt(0), heardAt(3_900, '10.0.0.4')];
    const table = [entry('probed'), entry('probed', { address: '10.0.0.4' })];
    const { confirmations } = lookAtNeighbours(NO_NEIGHBOURS, watched, table, LIMIT_MS, 4_000);
    expect(confirmations.map(({ address }) => address)).toEqual([PARTNER]);
  });

  it('of a director that lvs.cf has no more is forgotten', () => {
    const { memory } = lookAtNeighbours(NO_NEIGHBOURS, [heardAt(0)], [entry('trusted')], LIMIT_MS, 0);
    expect(lookAtNeighbours(memory, [], [], LIMIT_MS, 1).memory.known.size).toBe(0);
  });
});

describe('the table is read', () => {
  const looked = { ...NO_NEIGHBOURS, lookedAtMs: 100_000 };
  const isDue = (watched: WatchedAddress, nowMs: number, memory = looked) =>
    isLookDue(memory, [watched], LIMIT_MS, nowMs);

  it('rarely while everybody is heard, each second while one is silent', () => {
    expect(isDue(heardAt(109_000), 109_900)).toBe(false);
    expect(isDue(heardAt(109_000), 110_000)).toBe(true);
    expect(isDue(heardAt(97_900), 100_999)).toBe(false);
    expect(isDue(heardAt(97_900), 101_000)).toBe(true);
  });

  it('soon after a partner was heard first', () => {
    expect(isDue({ ...heardAt(101_000), heardSinceMs: 100_500 }, 101_000)).toBe(true);
    expect(isDue({ ...heardAt(101_000), heardSinceMs: 99_000 }, 101_000)).toBe(false);
  });

  it('at once at the start, and never without a partner', () => {
    expect(isDue(heardAt(100_000), 100_000, NO_NEIGHBOURS)).toBe(true);
    expect(isLookDue(NO_NEIGHBOURS, [], LIMIT_MS, 100_000)).toBe(false);
  });

  it('by half of what makes a partner dead', () => {
    expect(patienceMs({ deadtimeMs: 6_000 })).toBe(3_000);
    expect(patienceMs({ deadtimeMs: 6_000, adaptiveMs: 800 })).toBe(400);
  });
});
