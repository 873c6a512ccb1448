import type { DirectorStatus } from '@piranha/protocol';
import { describe, expect, it } from 'vitest';
import { renderStatus } from '../../src/core/render-status.js';
import { lvsdStatus, NOW_MS, pulseStatus } from '../support/statuses.js';

const DIRECTORS: readonly DirectorStatus[] = [
  { name: 'alpha', rank: 1, life: 'alive', duty: 'active', heardAgoMs: 240, ready: true },
  {
    name: 'gamma',
    rank: 3,
    life: 'alive',
    duty: 'standby',
    heardAgoMs: 60,
    ready: false,
    because: 'link down',
  },
  { name: 'delta', rank: 4, life: 'dead', heardAgoMs: 61_000 },
  { name: 'omega', rank: 5, life: 'unknown' },
];

function page(changes: Parameters<typeof pulseStatus>[0]): string {
  const view = {
    runDirectory: '/run/piranha',
    pulse: { reached: true, status: pulseStatus(changes) },
    lvsd: { reached: true, status: lvsdStatus() },
  } as const;
  return renderStatus(view, NOW_MS, true).join('\n');
}

describe('lvsctl status with director blocks', () => {
  it('names this director, and the others with rank, duty and readiness', () => {
    const text = page({ name: 'beta', rank: 2, directors: DIRECTORS });
    expect(text).toContain('director  beta, rank 2 of 5');
    expect(text).toMatch(/^ +alpha +rank 1 +serves +heard 0\.2 s ago *$/m);
    expect(text).toMatch(
      /^ +gamma +rank 3 +standby +heard 0\.1 s ago +ready to take over: NO, because link down$/m,
    );
    expect(text).toMatch(/^ +delta +rank 4 +SILENT +heard 61\.0 s ago *$/m);
    expect(text).toMatch(/^ +omega +rank 5 +not heard yet *$/m);
  });

  it('tells a path by its director, and a director that only others hear', () => {
    const [path] = pulseStatus().paths;
    if (path === undefined) throw new Error('no path');
    const relayed = { name: 'alpha', rank: 1, life: 'alive', duty: 'active', isRelayed: true } as const;
    const text = page({
      name: 'beta',
      rank: 2,
      directors: [relayed],
      paths: [{ ...path, director: 'alpha' }],
    });
    expect(text).toMatch(/^ +alpha public +127\./m);
    expect(text).toContain('serves, heard by others alone');
  });

  it('says nothing of it without blocks', () => {
    expect(page({})).not.toMatch(/director {2}|other directors/);
  });
});
