import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CheckSpec } from '@piranha/config';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CheckOutcome } from '../../../src/check.js';
import { type CheckPlan, planCheck } from '../../../src/core/check-plan.js';
import { createCheck } from '../../../src/shell/checks/registry.js';
import type { RunningServer } from '../bad-servers.js';
import { whenCalm } from '../calm.js';
import type { ZooKind } from './kinds.js';

/** Limit of each step at a server that hangs, ms. */
const STEP_LIMIT_MS = 300;
/** The same at one that does not: on a busy machine it may answer late. */
const PATIENT_LIMIT_MS = 20_000;
/** No check has more steps that can take their whole time; the rest is for a busy machine. */
const RUN_LIMIT_MS = 3 * STEP_LIMIT_MS + PATIENT_LIMIT_MS;

const WATCHED = /^(TCP|TLS|UDP|Process|Connect)/;

/** What a check must find at each server of the zoo: `up`, or words of the reason. docs/checks-zoo.md is made of it. */
type Expectations = Readonly<Record<string, string>>;

/** The committed expectations of a kind. */
export function expectationsOf(kind: string): Expectations {
  const path = fileURLToPath(new URL(`expected/${kind}.json`, import.meta.url));
  return JSON.parse(readFileSync(path, 'utf8')) as Expectations;
}

function openResources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => WATCHED.test(name))
    .sort();
}

/** The plan for one spec at one server. */
export function planOf(spec: CheckSpec, target: RunningServer['target'], limitMs = STEP_LIMIT_MS): CheckPlan {
  const { plan } = planCheck({
    target,
    virtualPort: 80,
    udp: false,
    send: undefined,
    expect: undefined,
    useRegex: false,
    sendProgram: undefined,
    literalBackslashes: false,
    intervalMs: limitMs,
    checks: { require: 'all', specs: [spec] },
  });
  return plan;
}

/** Runs a check once, at most as long as its limits allow. */
export async function runOnce(plan: CheckPlan, abortAfterMs?: number): Promise<CheckOutcome> {
  const check = await createCheck(plan);
  const controller = new AbortController();
  const abort = abortAfterMs === undefined ? undefined : setTimeout(() => controller.abort(), abortAfterMs);
  const late = new AbortController();
  const outcome = await Promise.race([
    check.run({ signal: controller.signal }),
    sleep(RUN_LIMIT_MS, 'late' as const, { signal: late.signal }),
  ]);
  late.abort();
  clearTimeout(abort);
  if (outcome === 'late') throw new Error('the check did not end within its limits');
  return outcome;
}

/**
 * What every kind over TCP must do at every server of the zoo: the right verdict in time, in one line, the same in a
 * second run; where the server hangs, the end of the run as soon as it is cancelled; nothing left behind.
 */
export function describeZoo({ spec, manners, animals }: ZooKind): void {
  const expected = expectationsOf(spec.kind);
  describe(`${spec.kind} in the zoo`, () => {
    let baseline: readonly string[] = [];
    beforeAll(() => {
      baseline = openResources();
    });
    // Sockets close a few turns of the loop after they are told to.
    afterEach(async () => {
      for (let turn = 0; turn < 1_000 && openResources().length > baseline.length; turn++) await sleep(10);
      expect(openResources()).toEqual(baseline);
    });

    it('is expected to do something at each of them', () => {
      expect(Object.keys(expected)).toEqual(Object.keys(animals));
    });

    it.each(Object.entries(animals))('%s', async (name, open) => {
      const server = await open(manners);
      try {
        await visit(spec, server, expected[name] ?? '');
      } finally {
        await server.close();
      }
    });
  });
}

/** A server at which the limit of time decides. */
export function isTimedOut(expected: string): boolean {
  return expected.includes('timed out');
}

async function visit(spec: CheckSpec, { target }: RunningServer, expected: string): Promise<void> {
  const hangs = isTimedOut(expected);
  const plan = planOf(spec, target, hangs ? STEP_LIMIT_MS : PATIENT_LIMIT_MS);
  const isExpected = ({ ok, reason }: CheckOutcome) =>
    expected === 'up' ? ok : !ok && reason.includes(expected);
  const outcome = await whenCalm(() => runOnce(plan), isExpected);
  expect(outcome.reason).toMatch(/^[^\n\r]+$/);
  expect(outcome.complaint === undefined).toBe(outcome.ok);
  expect(outcome).toMatchObject(
    expected === 'up' ? { ok: true } : { ok: false, reason: expect.stringContaining(expected) },
  );
  if (!hangs) {
    const second = await whenCalm(
      () => runOnce(plan),
      (one) => one.reason === outcome.reason,
    );
    expect(second).toEqual(outcome);
    return;
  }
  const cancelled = await runOnce(planOf(spec, target, 60_000), 30);
  expect(cancelled).toMatchObject({ ok: false });
}
