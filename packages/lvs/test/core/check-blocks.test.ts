import { describe, expect, it } from 'vitest';
import { watchTimes } from '../../src/core/check-targets.js';
import { planNannies } from '../../src/core/nanny-plan.js';
import { nannyOrders, prepareSetup } from '../../src/core/setup.js';
import { testStartLines } from '../../src/core/test-start.js';
import { configurationOf, realServer, virtualServer } from '../support.js';

const OPTIONS = { verbose: false, foreground: false };
const ALIVE = { name: 'alive', kind: 'tcp', connectTimeoutMs: 500 } as const;
const OWN = { require: 'any', specs: [{ name: 'own', kind: 'tcp' }] } as const;

function setupOf(specs: readonly (typeof ALIVE)[], own?: typeof OWN) {
  const servers = [realServer(), realServer({ address: '10.0.0.12', check: own })];
  return prepareSetup(configurationOf([virtualServer({ check: { specs }, servers })]), OPTIONS);
}

describe('check blocks', () => {
  it('go to each nanny as JSON, those of its server first', () => {
    const { checks } = setupOf([ALIVE], OWN);
    expect([...checks.values()].map((text) => JSON.parse(text))).toEqual([
      { require: 'all', specs: [ALIVE] },
      OWN,
    ]);
    expect(setupOf([]).checks.size).toBe(0);
  });

  it('make a nanny another one when they change, and only then', () => {
    const before = nannyOrders(setupOf([ALIVE]));
    expect(planNannies(before, nannyOrders(setupOf([ALIVE])))).toEqual({
      added: [],
      removed: [],
      renewed: [],
    });
    expect(planNannies(before, nannyOrders(setupOf([ALIVE], OWN))).renewed).toHaveLength(1);
    expect(planNannies(before, nannyOrders(setupOf([]))).renewed).toHaveLength(2);
  });

  it('give the first verdict as long as their own limits last', () => {
    const extraMs = (timeoutMs: number) => {
      const service = virtualServer({ check: { timeoutMs: 6_000, specs: [{ ...ALIVE, timeoutMs }] } });
      return watchTimes({ service, server: realServer() }).firstVerdictExtraMs;
    };
    expect([extraMs(2_000), extraMs(10_000)]).toEqual([0, 12_000]);
  });

  it('give the first verdict longer where a check has more steps', () => {
    const spec = { name: 'mail', kind: 'smtp', heloName: 'director', timeoutMs: 2_000 } as const;
    const service = virtualServer({ check: { timeoutMs: 1_000, specs: [ALIVE, spec] } });
    expect(watchTimes({ service, server: realServer() }).firstVerdictExtraMs).toBe(6 * 2_000 - 3_000);
  });

  it('are printed so that a nanny can be tried by hand', () => {
    const [first] = testStartLines(setupOf([ALIVE]), []).filter((line) => line.includes('nanny -c'));
    expect(first).toMatch(/^PIRANHA_NANNY_CHECKS='\{"require":"all",.*\}' nanny -c -h 10\.0\.0\.11 /);
  });
});
