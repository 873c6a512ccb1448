import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { type Beat, type BeatKeyRing, DUTIES, type HeardNode, isBeatText } from '../../src/beat.js';

/** A beat that says as little as one can. */
export function plainBeat(node: string, hears: readonly HeardNode[] = []): Beat {
  return {
    node,
    keepaliveMs: 100,
    deadtimeMs: 400,
    priority: 100,
    groups: [{ name: 'main', duty: 'standby' }],
    readiness: {
      tableLoaded: true,
      firstVerdicts: true,
      listenedPercent: undefined,
      listenedSeconds: undefined,
      serversUp: 2,
      serversTotal: 3,
    },
    configuration: { hash: '0123456789abcdef', serial: 7 },
    reason: 'start',
    hears,
  };
}

/** Keys drawn for a test; the first one sends. */
export function drawnRing(...ids: readonly number[]): BeatKeyRing {
  return { sendId: ids[0] ?? 0, secrets: new Map(ids.map((id) => [id, createSecretKey(randomBytes(32))])) };
}

const name = fc.stringMatching(/^[A-Za-z0-9._-]{1,63}$/);
const hex16 = fc.stringMatching(/^[0-9a-f]{16}$/);
const text = fc.string({ maxLength: 120, unit: 'grapheme' }).filter(isBeatText);
const whole = fc.nat(0xffff_ffff);
const sequence = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const periodMs = fc.oneof(fc.integer({ min: 1, max: 86_400_000 }), fc.constantFrom(0.5, 36.09, 1e-9));

const group = fc.record(
  { name, duty: fc.constantFrom(...DUTIES), heir: name, asksRelease: fc.constant(true) },
  { requiredKeys: ['name', 'duty'] },
);

const readiness = fc
  .tuple(
    fc.boolean(),
    fc.boolean(),
    fc.option(fc.nat(100), { nil: undefined }),
    fc.option(fc.nat(86_400), { nil: undefined }),
    whole,
    whole,
  )
  .map(([tableLoaded, firstVerdicts, listenedPercent, listenedSeconds, one, other]) => ({
    tableLoaded,
    firstVerdicts,
    listenedPercent,
    listenedSeconds,
    serversUp: Math.min(one, other),
    serversTotal: Math.max(one, other),
  }));

const heardNode = fc.record({
  node: name,
  boots: fc.array(fc.record({ boot: hex16, sequence }), { minLength: 1, maxLength: 4 }),
  paths: fc.option(fc.array(fc.record({ name, ageMs: whole }), { maxLength: 8 }), { nil: undefined }),
});

/** Any beat that keeps the limits of its members; together they may be longer than a packet. */
export const anyBeat: fc.Arbitrary<Beat> = fc.record(
  {
    node: name,
    keepaliveMs: periodMs,
    deadtimeMs: periodMs,
    priority: fc.nat(255),
    groups: fc.uniqueArray(group, { maxLength: 32, selector: (one) => one.name }),
    readiness,
    failure: text,
    configuration: fc.record({ hash: hex16, serial: whole }),
    reason: text,
    hears: fc.uniqueArray(heardNode, { maxLength: 16, selector: (one) => one.node }),
    path: fc.record({ name, sent: sequence }),
    standIn: fc.constant(true),
    farewell: fc.constant(true),
  },
  {
    requiredKeys: [
      'node',
      'keepaliveMs',
      'deadtimeMs',
      'priority',
      'groups',
      'readiness',
      'configuration',
      'reason',
      'hears',
    ],
  },
);
