import { beforeAll, describe, expect, it } from 'vitest';
import { type NetworkTally, VirtualNetwork } from '../support/virtual-network.js';

const SEEDS = 20;
const FAULTY_MS = 4_000;
/** Two keepalives would do without the attacker. */
const HEALING_MS = 1_000;

describe.each([
  ['encrypted', true],
  ['authenticated only', false],
] as const)('three nodes and an attacker who records, replays and mutates: %s', (_, sealed) => {
  let runs: { seed: number; tally: NetworkTally; missing: string[] }[] = [];

  beforeAll(() => {
    runs = Array.from({ length: SEEDS }, (_none, seed) => {
      const network = new VirtualNetwork(seed, sealed);
      network.run(FAULTY_MS, true);
      network.run(HEALING_MS, false);
      return { seed, tally: network.tally, missing: network.missingSessions() };
    });
  }, 60_000);

  const sum = (name: 'accepted' | 'late' | 'restarts' | 'replays' | 'mutations') =>
    runs.reduce((total, { tally }) => total + tally[name], 0);

  it('what is known changes by no packet of the attacker and never becomes older', () => {
    const broken = runs.filter(({ tally }) => tally.violations.length > 0);
    expect(broken.map(({ seed, tally }) => `seed ${seed}: ${tally.violations[0]}`)).toEqual([]);
  });

  it('every live pair has its session after healing, while the attacker goes on', () => {
    const without = runs.filter(({ missing }) => missing.length > 0);
    expect(without.map(({ seed, missing }) => `seed ${seed}: ${missing.join(', ')}`)).toEqual([]);
  });

  it('was a real test', () => {
    expect(sum('accepted')).toBeGreaterThan(SEEDS * 50);
    expect(sum('late')).toBeGreaterThan(SEEDS);
    expect(sum('restarts')).toBeGreaterThan(SEEDS);
    expect(sum('replays')).toBeGreaterThan(SEEDS * 500);
    expect(sum('mutations')).toBeGreaterThan(SEEDS * 300);
  });
});
