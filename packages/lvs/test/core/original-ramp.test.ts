import { parseLvsCf, type RealServerConfig } from '@piranha/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialWeight, stepWeight } from '../../src/core/weight-machine.js';
import { weightPolicyOf } from '../../src/core/weight-policy.js';

/** A server of a file that has none but the original's words. */
function serverOf(weight: number, words = ''): RealServerConfig {
  const { configuration, diagnostics } = parseLvsCf(
    `primary = 192.0.2.1
service = lvs
virtual web {
active = 1
address = 192.0.2.100 eth0:1
port = 80
${words}server one {
address = 10.0.0.11
active = 1
weight = ${weight}
}
}
`,
  );
  const server = configuration?.virtualServers[0]?.servers[0];
  if (!server) throw new Error(JSON.stringify(diagnostics));
  return server;
}

/** What the table holds after a return, at the begin of each 20 s. */
function rampOf(server: RealServerConfig, steps: number): readonly number[] {
  const policy = weightPolicyOf(server);
  if (policy === undefined) return Array.from({ length: steps }, () => server.weight);
  let { state } = stepWeight(policy, initialWeight(policy, 0), { kind: 'returned' }, 0);
  const weights = [state.weight];
  for (let second = 1; second <= (steps - 1) * 20; second++) {
    ({ state } = stepWeight(policy, state, { kind: 'tick' }, second * 1_000));
    if (second % 20 === 0) weights.push(state.weight);
  }
  return weights;
}

/** The original's: a 32nd, in whole numbers and never 0, doubled up to the weight. */
function originalRamp(weight: number, steps: number): readonly number[] {
  const weights = [Math.max(1, Math.trunc(weight / 32))];
  while (weights.length < steps) weights.push(Math.min(weight, (weights.at(-1) ?? 0) * 2));
  return weights;
}

describe("a file of the original's words", () => {
  it('lets a server that returns climb as it did, whatever its weight', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 65_535 })),
        fc.constantFrom('', 'load_monitor = uptime\n', 'quiesce_server = 1\ntimeout = 5\nreentry = 15\n'),
        (weight, words) => {
          expect(rampOf(serverOf(weight, words), 8)).toEqual(originalRamp(weight, 8));
        },
      ),
    );
  });

  it.each([
    [1, [1, 1, 1]],
    [2, [1, 2, 2]],
    [3, [1, 2, 3]],
    [63, [1, 2, 4, 8, 16, 32, 63]],
    [100, [3, 6, 12, 24, 48, 96, 100]],
  ])('of weight %i', (weight, expected) => {
    expect(rampOf(serverOf(weight), expected.length)).toEqual(expected);
  });

  it('with slow_start = 0 gives the weight at once', () => {
    expect(weightPolicyOf(serverOf(100, 'slow_start = 0\n'))).toBeUndefined();
  });
});
