import type { CheckConfig } from '@piranha/config';
import { describe, expect, it } from 'vitest';
import { type CheckTarget, indexTargets } from '../../src/core/check-targets.js';
import { latenessNews } from '../../src/core/late-watch.js';
import { nannyPlaces as placesOf, sharedNannyCount } from '../../src/core/nanny-places.js';
import { configurationOf, realServer, virtualServer } from '../support.js';

function targets(services: readonly string[], servers: number, check: Partial<CheckConfig> = {}) {
  const realServers = Array.from({ length: servers }, (_, index) =>
    realServer({ name: `s${index}`, address: `10.0.${index >> 8}.${index & 255}` }),
  );
  const virtuals = services.map((name) => {
    const virtual = virtualServer({ name, servers: realServers });
    return { ...virtual, check: { ...virtual.check, ...check } };
  });
  return indexTargets(configurationOf(virtuals)).targets;
}

/** Where the check of each is the same for all of its virtual services. */
function nannyPlaces(all: readonly CheckTarget[], ownLimit: number, shared: number, budget?: number) {
  const probes = new Map(all.map(({ id, server }) => [id, `${server.address}:${server.port}`]));
  return placesOf(all, probes, ownLimit, shared, budget);
}

describe('nannyPlaces', () => {
  it('gives each real service a nanny up to the limit, and shares all beyond it', () => {
    const all = targets(['web'], 10);
    expect(new Set(nannyPlaces(all, 10, 4).values())).toEqual(new Set(['own']));
    expect([...nannyPlaces(all, 9, 4).values()]).not.toContain('own');
    expect([...nannyPlaces(targets(['web'], 1), 0, 4).values()]).not.toContain('own');
  });

  it('counts a real service once, however many addresses it stands behind', () => {
    const all = targets(['web', 'shop', 'post'], 10);
    expect(new Set(nannyPlaces(all, 10, 4).values())).toEqual(new Set(['own']));
    expect([...nannyPlaces(all, 9, 4).values()]).not.toContain('own');
    // Where each is checked in its own way each counts.
    expect([...placesOf(all, new Map(), 29, 4).values()]).not.toContain('own');
    expect(new Set(placesOf(all, new Map(), 30, 4).values())).toEqual(new Set(['own']));
  });

  it('shares all where they may ask for more checks than the budget has', () => {
    const all = targets(['web', 'shop'], 10, { timeoutMs: 1_000 });
    // Ten real servers, each in two services, once a second.
    expect(new Set(nannyPlaces(all, 64, 4, 10).values())).toEqual(new Set(['own']));
    expect([...nannyPlaces(all, 64, 4, 9).values()]).not.toContain('own');
  });

  it('puts the services of one real server together and spreads servers evenly, the same each time', () => {
    const all = targets(['web', 'shop'], 1_000, { timeoutMs: 100 });
    const places = nannyPlaces(all, 64, 4);
    const counts = new Map<unknown, number>();
    for (const place of places.values()) counts.set(place, (counts.get(place) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4]);
    for (const count of counts.values()) expect(Math.abs(count - 500)).toBeLessThan(120);
    for (let index = 0; index < 1_000; index++) {
      expect(places.get(all[index]?.id ?? '')).toBe(places.get(all[index + 1_000]?.id ?? ''));
    }
    const fewer = nannyPlaces(all.slice(0, 1_500), 64, 4);
    for (const [id, place] of fewer) expect(places.get(id)).toBe(place);
  });

  it('begins no more shared nannies than the checks of a second need', () => {
    const count = (servers: number, check: Partial<CheckConfig>) =>
      new Set(nannyPlaces(targets(['web'], servers, check), 0, 4).values()).size;
    expect(count(2_500, { timeoutMs: 1_000 })).toBe(1);
    expect(count(2_501, { timeoutMs: 1_000 })).toBe(2);
    expect(count(2_500, { timeoutMs: 100 })).toBe(4);
    expect(count(2_501, { timeoutMs: 10_000 })).toBe(1);
    // 100 programs a second are what one begins.
    expect(count(101, { timeoutMs: 1_000, sendProgram: '/bin/true' })).toBe(2);
  });

  it('counts processors from one to four', () => {
    expect([0, 1, 3, 4, 64].map(sharedNannyCount)).toEqual([1, 1, 3, 4, 4]);
  });
});

describe('latenessNews', () => {
  const load = (p99Ms: number, count = 100) => ({
    services: 1,
    probes: 1,
    running: 0,
    waiting: 0,
    begun: 1,
    lateness: { count, p50Ms: 1, p99Ms, maxMs: p99Ms },
  });

  it('tells once that checks are late, and once that they are on time again', () => {
    expect(latenessNews(false, load(900))).toBeUndefined();
    expect(latenessNews(false, load(1_100))).toBe('late');
    expect(latenessNews(true, load(1_100))).toBeUndefined();
    expect(latenessNews(true, load(700))).toBeUndefined();
    expect(latenessNews(true, load(400))).toBe('on time');
    expect(latenessNews(false, load(9_000, 3))).toBeUndefined();
  });
});
