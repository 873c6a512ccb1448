import { appendFileSync, closeSync, openSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../support/fake-protocols.js';
import { type Growth, growthOf } from '../../support/growth.js';
import { authorityFile, keptFile } from '../../support/zoo/certificates.js';
import { commonKinds, DATAGRAM_KINDS, PROTOCOL_KINDS } from '../../support/zoo/kinds.js';
import { localKinds, programScript } from '../../support/zoo/local-kinds.js';
import { loginKinds } from '../../support/zoo/login-kinds.js';
import { type Subject, zooSubject } from '../../support/zoo/visits.js';

/** `npm run growth -- --each` has so many at each server of the zoo; else they are shared among them. */
const AT_EACH = process.env.PIRANHA_GROWTH === 'each';
const RESULTS = process.env.PIRANHA_GROWTH_RESULTS;
const MANY_ROUNDS = 10_000;
const SOME_ROUNDS = 200;
/** Less than any object that is forgotten in a round takes. */
const HEAP_BYTES_A_ROUND = 60;
/** What a part of the rounds sways by, in bytes. */
const HEAP_SWAY_BYTES = 100_000;
/** The same of the memory of the whole process, which no collection tidies up. */
const RESIDENT_BYTES_A_ROUND = 500;
const RESIDENT_SWAY_BYTES = 4_000_000;
const LIMIT_MS = 3_600_000;
/** What is planted does not go away. */
const SHORT_SETTLE_MS = 50;

const authority = authorityFile();
const script = programScript();
const password = keptFile('password', `${PASSWORD}\n`);
afterAll(() => {
  for (const file of [authority, script, password]) file.remove();
});

const MANY: readonly string[] = ['connect', 'tcp', 'http_get', 'tls'];
const mayPing = process.getuid?.() === 0;

const SUBJECTS: readonly Subject[] = [
  ...commonKinds(authority.path),
  ...DATAGRAM_KINDS,
  ...PROTOCOL_KINDS,
  ...loginKinds(password.path),
  ...localKinds(script.path, mayPing),
].map((kind) => zooSubject(kind, MANY.includes(kind.name) ? MANY_ROUNDS : SOME_ROUNDS));

function record(title: string, servers: number, growth: Growth): void {
  if (RESULTS !== undefined) appendFileSync(RESULTS, `${JSON.stringify({ title, servers, ...growth })}\n`);
}

/** Bytes a round that this many rounds can tell from what a heap sways by itself. */
const heapLimit = (rounds: number) => HEAP_BYTES_A_ROUND + HEAP_SWAY_BYTES / rounds;

const residentLimit = (rounds: number) => RESIDENT_BYTES_A_ROUND + RESIDENT_SWAY_BYTES / rounds;

describe('thousands of checks leave nothing behind', () => {
  it.each(SUBJECTS.map((subject) => [subject.title, subject] as const))(
    '%s',
    { timeout: LIMIT_MS },
    async (title, { rounds, open }) => {
      const tour = await open();
      try {
        const growth = await growthOf(rounds * (AT_EACH ? tour.servers : 1), tour.round);
        record(title, tour.servers, growth);
        expect(growth).toMatchObject({ descriptors: 0, timers: 0 });
        expect(growth.heapBytes).toBeLessThan(heapLimit(growth.rounds));
        expect(growth.residentBytes).toBeLessThan(residentLimit(growth.rounds));
      } finally {
        await tour.close();
      }
    },
  );
});

describe('what is left behind is found', () => {
  const PLANTED_ROUNDS = 2_000;
  const EVERY = 100;
  /** The test runner has timers and descriptors too, some of which end meanwhile. */
  const SWAY = 5;
  /** More than what was let go of before, and is taken again without growth. */
  const PLANTED_BYTES = 128 * 1024;
  const FEW_ROUNDS = 400;
  const kept: object[] = [];
  const cleanups: (() => void)[] = [];
  afterAll(() => {
    for (const cleanup of cleanups) cleanup();
  });

  const planted = (plant: () => void) => async (number: number) => {
    await null;
    if (number % EVERY === 0) plant();
  };

  it('a descriptor, now and then', async () => {
    const growth = await growthOf(
      PLANTED_ROUNDS,
      planted(() => {
        const descriptor = openSync('/dev/null', 'r');
        cleanups.push(() => closeSync(descriptor));
      }),
      SHORT_SETTLE_MS,
    );
    expect(growth.descriptors).toBeGreaterThan(PLANTED_ROUNDS / EVERY - SWAY);
  });

  it('a timer, now and then', async () => {
    const growth = await growthOf(
      PLANTED_ROUNDS,
      planted(() => {
        const timer = setTimeout(() => {}, LIMIT_MS);
        cleanups.push(() => clearTimeout(timer));
      }),
      SHORT_SETTLE_MS,
    );
    expect(growth.timers).toBeGreaterThan(PLANTED_ROUNDS / EVERY - SWAY);
  });

  it('an object a round', async () => {
    const growth = await growthOf(MANY_ROUNDS, async (number) => {
      await null;
      kept.push({ number, listener: () => number });
    });
    expect(growth.heapBytes).toBeGreaterThan(heapLimit(MANY_ROUNDS));
  });

  it('memory that is no object of JavaScript', async () => {
    const growth = await growthOf(FEW_ROUNDS, async () => {
      await null;
      kept.push(Buffer.alloc(PLANTED_BYTES, 1));
    });
    kept.length = 0;
    expect(growth.residentBytes).toBeGreaterThan(residentLimit(FEW_ROUNDS));
  });
});
