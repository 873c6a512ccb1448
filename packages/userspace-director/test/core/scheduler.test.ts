import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, FRESH_MEMORY, findScheduler } from '../../src/core/scheduler.js';

function server(weight: number, changes: Partial<Candidate> = {}): Candidate {
  return { weight, activeConnections: 0, inactiveConnections: 0, isOverloaded: false, ...changes };
}

/** Indexes of `count` choices in a row; connections are not counted up. */
function choices(name: string, candidates: readonly Candidate[], count: number): number[] {
  const scheduler = findScheduler(name);
  if (!scheduler) throw new Error(`no scheduler ${name}`);
  let memory = FRESH_MEMORY;
  return Array.from({ length: count }, () => {
    const choice = scheduler({ candidates, memory, clientAddress: 0, clientPort: 0, flags: [] });
    memory = choice.memory;
    return choice.index;
  });
}

function hash(candidates: readonly Candidate[], clientAddress: number, flags: string[] = [], clientPort = 0) {
  const scheduler = findScheduler('sh');
  return scheduler?.({ candidates, memory: FRESH_MEMORY, clientAddress, clientPort, flags }).index;
}

const weights = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 12 });
const loads = fc.array(
  fc.record({ weight: fc.nat({ max: 9 }), active: fc.nat({ max: 500 }), inactive: fc.nat({ max: 500 }) }),
  { minLength: 1, maxLength: 12 },
);

describe('rr', () => {
  it('takes turns and skips servers without weight or over their threshold', () => {
    expect(choices('rr', [server(1), server(0), server(5), server(1, { isOverloaded: true })], 5)).toEqual([
      0, 2, 0, 2, 0,
    ]);
  });

  it('gives every server with weight the same share', () => {
    fc.assert(
      fc.property(weights, (list) => {
        const open = list.filter((weight) => weight > 0).length;
        const chosen = choices(
          'rr',
          list.map((weight) => server(weight)),
          open * 3,
        );
        for (const [index, weight] of list.entries()) {
          expect(chosen.filter((choice) => choice === index)).toHaveLength(weight > 0 ? 3 : 0);
        }
      }),
    );
  });
});

describe('wrr', () => {
  it('starts each round with the heaviest', () => {
    expect(choices('wrr', [server(4), server(3), server(2)], 9)).toEqual([0, 0, 1, 0, 1, 2, 0, 1, 2]);
  });

  it('gives every server its weight in each full round', () => {
    fc.assert(
      fc.property(weights, (list) => {
        const total = list.reduce((sum, weight) => sum + weight, 0);
        const chosen = choices(
          'wrr',
          list.map((weight) => server(weight)),
          total * 2,
        );
        for (const [index, weight] of list.entries()) {
          expect(chosen.filter((choice) => choice === index)).toHaveLength(weight * 2);
        }
      }),
    );
  });

  it('divides the round by the common divisor', () => {
    expect(choices('wrr', [server(200), server(100)], 3)).toEqual([0, 0, 1]);
  });
});

describe('lc and wlc', () => {
  it('counts an active connection as 256 inactive ones', () => {
    expect(
      choices('lc', [server(1, { activeConnections: 1 }), server(1, { inactiveConnections: 255 })], 1),
    ).toEqual([1]);
    expect(
      choices('lc', [server(1, { activeConnections: 1 }), server(1, { inactiveConnections: 257 })], 1),
    ).toEqual([0]);
  });

  it('wlc weighs the load, lc does not', () => {
    const pair = [server(10, { activeConnections: 5 }), server(1, { activeConnections: 1 })];
    expect(choices('wlc', pair, 1)).toEqual([0]);
    expect(choices('lc', pair, 1)).toEqual([1]);
  });

  it('choose the least loaded server that is open, and none when none is', () => {
    fc.assert(
      fc.property(loads, fc.constantFrom('lc', 'wlc'), (list, name) => {
        const candidates = list.map(({ weight, active, inactive }) =>
          server(weight, { activeConnections: active, inactiveConnections: inactive }),
        );
        const load = (candidate: Candidate) =>
          (candidate.activeConnections * 256 + candidate.inactiveConnections) /
          (name === 'wlc' ? candidate.weight : 1);
        const open = candidates.filter((candidate) => candidate.weight > 0);
        const [index = -1] = choices(name, candidates, 1);
        const chosen = candidates[index];
        if (!chosen) expect(open).toEqual([]);
        else expect(load(chosen)).toBe(Math.min(...open.map(load)));
      }),
    );
  });
});

describe('sh', () => {
  it('gives one client always the same server, and uses all of them', () => {
    const servers = [server(1), server(1), server(1)];
    const seen = new Set<number | undefined>();
    for (let client = 0; client < 300; client += 1) {
      expect(hash(servers, client)).toBe(hash(servers, client));
      seen.add(hash(servers, client));
    }
    expect(seen).toEqual(new Set([0, 1, 2]));
  });

  it('gives a heavier server more clients', () => {
    const servers = [server(3), server(1)];
    const chosen = Array.from({ length: 4096 }, (_, client) => hash(servers, 0x0a00_0000 + client));
    const share = chosen.filter((index) => index === 0).length / chosen.length;
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.8);
  });

  it('has no server for a client whose own takes none, unless asked to fall back', () => {
    const servers = [server(1), server(0), server(1)];
    const clients = Array.from({ length: 100 }, (_, client) => client);
    expect(clients.some((client) => hash(servers, client) === -1)).toBe(true);
    expect(clients.every((client) => [0, 2].includes(hash(servers, client, ['sh-fallback']) ?? -1))).toBe(
      true,
    );
  });

  it('looks at the port only when asked', () => {
    const servers = [server(1), server(1), server(1)];
    const ports = Array.from({ length: 50 }, (_, port) => port);
    expect(new Set(ports.map((port) => hash(servers, 7, [], port))).size).toBe(1);
    expect(new Set(ports.map((port) => hash(servers, 7, ['sh-port'], port))).size).toBeGreaterThan(1);
  });
});

describe('every scheduler', () => {
  it.each(['rr', 'wrr', 'lc', 'wlc', 'sh'])('%s chooses nobody from nobody', (name) => {
    expect(choices(name, [], 1)).toEqual([-1]);
    expect(choices(name, [server(0), server(3, { isOverloaded: true })], 2)).toEqual([-1, -1]);
  });

  it('is known by name only if user space has it', () => {
    expect(findScheduler('mh')).toBeUndefined();
  });
});
