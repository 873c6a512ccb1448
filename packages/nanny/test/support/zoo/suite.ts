import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CheckOutcome, type CheckTarget, serverName } from '../../../src/check.js';
import { type CheckOptions, type CheckPlan, planCheck } from '../../../src/core/check-plan.js';
import { createCheck } from '../../../src/shell/checks/registry.js';
import type { RunningServer } from '../bad-servers.js';
import { isInTime, isOverdue, type Timed, timed, whenCalm } from '../calm.js';
import type { Flapping } from './flapping.js';
import type { ZooKind } from './kinds.js';
import type { Habitat } from './servers.js';

/** Limit of each step at a server that hangs, ms. */
const STEP_LIMIT_MS = 300;
/** The same at one that does not: on a busy machine it may answer late. */
const PATIENT_LIMIT_MS = 20_000;
const CANCEL_AFTER_MS = 30;
/** No check has more steps that can take their whole time; the rest is for a busy machine. */
const RUN_LIMIT_MS = 3 * STEP_LIMIT_MS + PATIENT_LIMIT_MS;

const WATCHED = /^(TCP|TLS|UDP|Process|Connect)/;

/**
 * What a check must find at each server of the zoo: `up`, or words of the reason; `follows` where it must find what the
 * server is at the moment. docs/checks-zoo.md is made of it.
 */
type Expectations = Readonly<Record<string, string>>;

const FLAPS = 'goes up and down';
const FOLLOWS = 'follows';

/** The committed expectations of a kind. */
export function expectationsOf(kind: string): Expectations {
  return read(`expected/${kind}.json`) as Expectations;
}

/** The kinds that stand in docs/checks-zoo.md. */
function titledKinds(): readonly string[] {
  const groups = read('titles.json') as readonly { readonly kinds: Readonly<Record<string, string>> }[];
  return groups.flatMap(({ kinds }) => Object.keys(kinds));
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8'));
}

function openResources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => WATCHED.test(name))
    .sort();
}

/** The plan of a check at one server. */
export function planOf(
  options: Partial<CheckOptions>,
  target: RunningServer['target'],
  limitMs: number,
): CheckPlan {
  const { plan } = planCheck({
    target,
    virtualPort: 8080,
    udp: false,
    send: undefined,
    expect: undefined,
    useRegex: false,
    sendProgram: undefined,
    literalBackslashes: false,
    intervalMs: limitMs,
    ...options,
  });
  return plan;
}

/** Runs a check once, at most as long as its limits allow. */
export async function runOnce(plan: CheckPlan, abortAfterMs?: number): Promise<CheckOutcome> {
  return (await runTimed(plan, abortAfterMs)).value;
}

/** The same, with the time that it takes once the check is made. */
async function runTimed(plan: CheckPlan, abortAfterMs?: number): Promise<Timed<CheckOutcome>> {
  const check = await createCheck(plan);
  const controller = new AbortController();
  const abort = abortAfterMs === undefined ? undefined : setTimeout(() => controller.abort(), abortAfterMs);
  const late = new AbortController();
  const run = await Promise.race([
    timed(() => check.run({ signal: controller.signal })),
    sleep(RUN_LIMIT_MS, 'late' as const, { signal: late.signal }),
  ]);
  late.abort();
  clearTimeout(abort);
  if (run === 'late') throw new Error('the check did not end within its limits');
  return run;
}

/**
 * What every kind must do at every server of the zoo: the right verdict in time, in one line, the same in a second run;
 * where the server hangs, the end of the run as soon as it is cancelled; nothing left behind. All of a file side by side.
 */
export function describeZoo(kinds: readonly ZooKind[]): void {
  let baseline: readonly string[] = [];
  beforeAll(() => {
    baseline = openResources();
  });
  // Sockets close a few turns of the loop after they are told to.
  afterAll(async () => {
    for (let turn = 0; turn < 1_000 && openResources().length > baseline.length; turn++) await sleep(10);
    expect(openResources()).toEqual(baseline);
  });
  describe.concurrent.each(kinds.map((kind) => [kind.name, kind] as const))('%s in the zoo', (_, kind) =>
    describeKind(kind),
  );
}

function describeKind(kind: ZooKind): void {
  const { name, options, manners, animals, flapping, elsewhere = [] } = kind;
  const expected = expectationsOf(name);

  it('is expected to do something at each of them', () => {
    const met = [...Object.keys(animals), ...elsewhere, ...(flapping ? [FLAPS] : [])];
    expect(Object.keys(expected).sort()).toEqual(met.sort());
    expect(titledKinds()).toContain(name);
  });

  it.each(Object.entries(animals))('%s', async (animal, open) => {
    const server = await open(manners);
    try {
      const finding = expected[animal] ?? '';
      const hangs = isTimedOut(animal, finding);
      await visit({ ...options, ...server.options }, server.target, finding, hangs);
    } finally {
      await server.close();
    }
  });

  if (flapping) it(FLAPS, async () => followsThroughFlaps(kind, await flapping()));
}

/** The verdict at each moment is what the server is then. */
async function followsThroughFlaps({ name, options }: ZooKind, server: Flapping & Habitat): Promise<void> {
  expect(expectationsOf(name)[FLAPS]).toBe(FOLLOWS);
  const plan = planOf({ ...options, ...server.options }, server.target, PATIENT_LIMIT_MS);
  try {
    for (const state of ['up', 'down', 'up', 'down', 'up'] as const) {
      await server.become(state);
      const { ok, reason } = await runOnce(plan);
      expect([ok, reason]).toEqual([state === 'up', reason]);
    }
  } finally {
    await server.close();
  }
}

/** Whether the limit of time decides at a server. */
export function isTimedOut(animal: string, expected: string): boolean {
  return expected !== 'up' && (/timed out|timeout|in time/.test(expected) || animal.startsWith('trickles'));
}

/** Whether a check found what is expected; the server's address and port stand there as SERVER. */
function isFound(expected: string, { ok, reason }: CheckOutcome, server: CheckTarget): boolean {
  return expected === 'up' ? ok : !ok && reason.replaceAll(serverName(server), 'SERVER').includes(expected);
}

/** The reason without what differs each time. */
function lasting({ topic, reason }: CheckOutcome): string {
  return topic ?? reason;
}

async function visit(
  options: Partial<CheckOptions>,
  target: CheckTarget,
  expected: string,
  hangs: boolean,
): Promise<void> {
  const limitMs = hangs ? STEP_LIMIT_MS : PATIENT_LIMIT_MS;
  const plan = planOf(options, target, limitMs);
  const isExpected = (found: Timed<CheckOutcome>) =>
    isFound(expected, found.value, target) && isInTime(found, limitMs);
  const run = await whenCalm(() => runTimed(plan), isExpected);
  const { value: outcome } = run;
  expect(outcome.reason).toMatch(/^[^\n\r]+$/);
  expect(outcome.complaint === undefined).toBe(outcome.ok);
  expect(outcome).toSatisfy((one: CheckOutcome) => isFound(expected, one, target));
  expect(run).not.toSatisfy((one: typeof run) => isOverdue(one, limitMs));
  if (!hangs) {
    const second = await whenCalm(
      () => runOnce(plan),
      (one) => lasting(one) === lasting(outcome),
    );
    expect([second.ok, lasting(second)]).toEqual([outcome.ok, lasting(outcome)]);
    return;
  }
  const cancelled = await whenCalm(
    () => runTimed(planOf(options, target, 60_000), CANCEL_AFTER_MS),
    (found) => !found.value.ok && isInTime(found, CANCEL_AFTER_MS),
  );
  expect(cancelled.value).toMatchObject({ ok: false });
  expect(cancelled).not.toSatisfy((one: typeof run) => isOverdue(one, CANCEL_AFTER_MS));
}
