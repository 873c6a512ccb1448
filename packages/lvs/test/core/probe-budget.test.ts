import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CheckTarget, indexTargets } from '../../src/core/check-targets.js';
import { nannyPlaces } from '../../src/core/nanny-places.js';
import { peakChecksPerSecond, probeBudget } from '../../src/core/probe-budget.js';
import { RateMeter } from '../../src/core/rate-meter.js';
import { configurationOf, NO_WORDS, realServer, virtualServer } from '../support.js';

/** A target for each interval, ms, every second one in two services. */
function targets(intervalsMs: readonly number[]): readonly CheckTarget[] {
  const servers = intervalsMs.map((intervalMs, index) =>
    realServer({
      name: `s${index}`,
      address: `10.0.${index >> 8}.${index & 255}`,
      watch: { ...NO_WORDS, intervalMs },
    }),
  );
  const shop = servers.filter((_, index) => index % 2 === 0);
  const services = [virtualServer({ name: 'web', servers }), virtualServer({ name: 'shop', servers: shop })];
  return indexTargets(configurationOf(services)).targets;
}

/** Where the check of each is the same for all of its services. */
const probesOf = (all: readonly CheckTarget[]) =>
  new Map(all.map(({ id, server }) => [id, `${server.address}:${server.port}`]));
const places = (all: readonly CheckTarget[], ownLimit: number) =>
  nannyPlaces(all, probesOf(all), ownLimit, 4);
const peakOf = (all: readonly CheckTarget[]) => peakChecksPerSecond(all, probesOf(all));

const intervals = fc.array(fc.integer({ min: 10, max: 60_000 }), { minLength: 1, maxLength: 60 });

describe('the budget of checks', () => {
  it('is given away whole, by the checks that each shared nanny carries', () => {
    fc.assert(
      fc.property(intervals, fc.integer({ min: 1, max: 100_000 }), (all, perSecond) => {
        const list = targets(all);
        const placed = places(list, 0);
        const { shares, roundMs } = probeBudget(list, probesOf(list), placed, perSecond);
        expect(new Set(shares.keys())).toEqual(new Set(placed.values()));
        const given = [...shares.values()].reduce((sum, share) => sum + share, 0);
        expect(given).toBeCloseTo(perSecond, 6);
        for (const [number, share] of shares) {
          const members = list.filter(({ id }) => placed.get(id) === number);
          const carried = peakOf(members) / peakOf(list);
          expect(share).toBeCloseTo(perSecond * carried, 6);
          const services = new Set(members.map(({ server }) => server.address)).size;
          expect(roundMs).toBeGreaterThanOrEqual((1_000 * services) / share - 1e-6);
        }
      }),
    );
  });

  it('of nannies of their own is nobody’s', () => {
    const list = targets([1_000]);
    const { shares, roundMs } = probeBudget(list, probesOf(list), places(list, 64), 10);
    expect([shares.size, roundMs]).toEqual([0, 0]);
  });

  it('reckons with the most that a server may ask for, and with a real service once', () => {
    const two = targets([500, 1_000]);
    expect(peakOf(two)).toBe(3);
    // Where each service checks it in its own way, each way counts.
    expect(peakChecksPerSecond(two, new Map())).toBe(5);
    const watch = { ...NO_WORDS, intervalMs: 1_000, fastIntervalMs: 100 };
    const peak = (more: Partial<typeof watch>) => {
      const server = realServer({ watch: { ...watch, ...more } });
      return peakOf(indexTargets(configurationOf([virtualServer({ servers: [server] })])).targets);
    };
    expect(peak({})).toBe(10);
    expect(peak({ downIntervalMs: 50 })).toBe(20);
    expect(peak({ retries: 3, retryDelayMs: 0 })).toBe(40);
  });
});

describe('RateMeter', () => {
  it('tells how often in a second, of the last ten', () => {
    const meter = new RateMeter(500);
    meter.add(30, 600);
    expect(meter.perSecond(900)).toBe(0);
    expect(meter.perSecond(1_000)).toBe(30);
    meter.add(10, 1_999);
    expect(meter.perSecond(2_000)).toBe(20);
    expect(meter.perSecond(11_500)).toBe(1);
    expect(meter.perSecond(60_000)).toBe(0);
  });
});
