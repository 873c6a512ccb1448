import { describe, expect, it } from 'vitest';
import { initialHealth, stepHealth } from '../../src/core/health.js';
import { TABLE_TOOLS } from '../../src/core/table-tools.js';
import { initialWeight, stepWeight, type WeightPolicy } from '../../src/core/weight-machine.js';
import { service, table } from '../sync-tables.js';

const HEALTH_POLICY = { keepWithoutNannyMs: 10_000, timeoutMs: 3_000 };
const STEADY_WEIGHT = 100;
const SECOND_MS = 1_000;
const OWNED = new Set(TABLE_TOOLS.keys(table(service(80, 1, 1))));

/** The table while one of two servers is reported up and down in turn, `everyMs` each, at its nanny's word. */
function flap(policy: WeightPolicy, everyMs: number, forMs: number): readonly string[] {
  let health = initialHealth(0);
  let weight = initialWeight(policy, 0);
  let live = table(service(80, policy.configured, STEADY_WEIGHT));
  const edits: string[] = [];
  for (let nowMs = 0; nowMs < forMs; nowMs += SECOND_MS / 10) {
    const wasDown = health.health === 'down';
    const up = Math.floor(nowMs / everyMs) % 2 === 0;
    health = stepHealth(HEALTH_POLICY, health, { type: 'result', up, reason: '' }, nowMs).state;
    if (up && wasDown) weight = stepWeight(policy, weight, { kind: 'returned' }, nowMs).state;
    if (nowMs % SECOND_MS === 0) weight = stepWeight(policy, weight, { kind: 'tick' }, nowMs).state;
    const whole = service(80, weight.weight, STEADY_WEIGHT);
    const servers = up ? whole.servers : whole.servers.slice(1);
    const operations = TABLE_TOOLS.diff(table({ ...whole, servers }), live, OWNED);
    for (const operation of operations) live = TABLE_TOOLS.apply(live, operation);
    edits.push(...operations.map(TABLE_TOOLS.text));
  }
  return edits;
}

const PLAIN: WeightPolicy = { configured: 100, slowStart: 0, follows: 'nothing' };
const SLOW: WeightPolicy = { configured: 100, slowStart: 60_000, follows: 'nothing' };

describe('a server that is up and down in turn', () => {
  it('is put in and taken out, and nothing else of the table is touched', () => {
    const edits = flap(PLAIN, SECOND_MS, 60 * SECOND_MS);
    expect(edits).toHaveLength(59);
    for (const edit of edits) expect(edit).toContain('10.0.1.1:80');
  });

  it('comes back with the least weight each time where it starts slowly', () => {
    const edits = flap(SLOW, SECOND_MS, 60 * SECOND_MS);
    const added = edits.filter((edit) => edit.startsWith('-a'));
    expect(added).toHaveLength(29);
    for (const edit of added) expect(edit).toMatch(/-w 1( |$)/);
    expect(edits).toHaveLength(59);
  });

  it('has its weight raised once a second at most', () => {
    const edits = flap(SLOW, 10 * SECOND_MS, 120 * SECOND_MS);
    const raised = edits.filter((edit) => edit.startsWith('-e'));
    expect(raised.length).toBeGreaterThan(0);
    expect(raised.length).toBeLessThanOrEqual(60);
    expect(edits.length - raised.length).toBe(11);
  });
});
