import { describe, expect, it } from 'vitest';
import { GROUPS, groupNamed } from '../../src/scenarios/index.js';

describe('the groups of scenarios', () => {
  it('have names of their own, and a title for each scenario', () => {
    expect(new Set(GROUPS.map(({ name }) => name)).size).toBe(GROUPS.length);
    for (const { scenarios } of GROUPS) expect(Object.keys(scenarios).length).toBeGreaterThan(0);
  });

  it('are found by name, and an unknown name lists them', () => {
    expect(groupNamed('nat').title).toBe('network address translation');
    expect(() => groupNamed('none')).toThrow(/failover/);
  });
});
