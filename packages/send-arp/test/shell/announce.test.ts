import type { AnnouncementTarget } from '@piranha/net';
import { describe, expect, it } from 'vitest';
import { type AnnounceWorld, announceOnSchedule } from '../../src/shell/announce.js';

/** A world whose clock only moves when somebody sleeps. */
class FakeWorld implements AnnounceWorld {
  timeMs = 1_000;
  readonly calls: { atMs: number; addresses: string[] }[] = [];
  readonly problems: string[] = [];
  /** Addresses that cannot be announced. */
  readonly bad = new Set<string>();

  readonly announcer = {
    announce: (targets: readonly AnnouncementTarget[]) => {
      const addresses = targets.map(({ address }) => address);
      this.calls.push({ atMs: this.timeMs, addresses });
      return addresses.filter((address) => this.bad.has(address)).map((address) => `${address}: bad`);
    },
  };
  nowMs = () => this.timeMs;
  sleep = async (durationMs: number) => {
    this.timeMs += durationMs;
  };
  onProblem = (line: string) => void this.problems.push(line);
}

function targets(count: number): AnnouncementTarget[] {
  return Array.from({ length: count }, (_, index) => ({ interface: 'eth0', address: `a${index}` }));
}

describe('announceOnSchedule', () => {
  it('announces at each time and ends', async () => {
    const world = new FakeWorld();
    await announceOnSchedule(targets(2), [500, 2_000, 0], world);
    expect(world.calls).toEqual([1_000, 1_500, 3_000].map((atMs) => ({ atMs, addresses: ['a0', 'a1'] })));
    expect(world.timeMs).toBe(3_000);
  });

  it('goes on with the others and tells each problem once, and of the failure at the end', async () => {
    const world = new FakeWorld();
    world.bad.add('a0');
    await expect(announceOnSchedule(targets(2), [0, 100, 200], world)).rejects.toMatchObject({
      code: 'SEND_ARP_INCOMPLETE',
      exitCode: 1,
    });
    expect(world.calls).toHaveLength(3);
    expect(world.problems).toEqual(['a0: bad']);
  });

  it('gives the device time between batches, each address once', async () => {
    const world = new FakeWorld();
    await announceOnSchedule(targets(1_000), [0], world);
    expect(world.calls.flatMap(({ addresses }) => addresses)).toEqual(
      targets(1_000).map(({ address }) => address),
    );
    expect(new Set(world.calls.map(({ atMs }) => atMs)).size).toBe(world.calls.length);
    expect(Math.max(...world.calls.map(({ addresses }) => addresses.length))).toBeLessThanOrEqual(200);
  });
});
