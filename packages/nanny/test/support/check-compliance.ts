import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CheckOutcome } from '../../src/check.js';
import type { CheckPlan } from '../../src/core/check-plan.js';
import { createCheck } from '../../src/shell/checks/registry.js';
import { isInTime, isOverdue, type Timed, timed, whenCalm } from './calm.js';

/** Limit of each step where the verdict comes with it, ms. */
export const STEP_LIMIT_MS = 400;
/** The same elsewhere: on a busy machine an answer may be late. */
const PATIENT_LIMIT_MS = 20_000;
const CANCEL_AFTER_MS = 50;
/** Connect, send and read are limited each; the rest is for a busy machine. */
const RUN_LIMIT_MS = 3 * STEP_LIMIT_MS + PATIENT_LIMIT_MS;

export interface ComplianceCase {
  readonly name: string;
  readonly ok: boolean;
  /** The event of a failure, where it must be a certain one. */
  readonly event?: string;
  /** Hangs long enough to be cancelled. */
  readonly hangs?: boolean;
  /** Passes only with the limit of time. */
  readonly waits?: boolean;
  prepare(limitMs: number): Promise<{ readonly plan: CheckPlan; close(): Promise<void> }>;
}

/** Within a few turns of the loop. */
const SOON = { timeout: 10_000, interval: 5 };

const WATCHED = ['TCPSocketWrap', 'TCPServerWrap', 'TCPConnectWrap', 'ConnectWrap', 'UDPWrap', 'ProcessWrap'];

function openResources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => WATCHED.includes(name))
    .sort();
}

/** Connects under way; the servers of the zoo may have some of their own. */
function connectsUnderWay(): number {
  return process.getActiveResourcesInfo().filter((name) => name.includes('Connect')).length;
}

/** Sockets close a few turns of the loop after they are told to. */
async function expectNothingLeft(baseline: readonly string[]): Promise<void> {
  for (let turn = 0; turn < 1_000 && openResources().length > baseline.length; turn++) await sleep(10);
  expect(openResources()).toEqual(baseline);
}

async function runLimited(plan: CheckPlan, abortAfterMs?: number): Promise<Timed<CheckOutcome | 'late'>> {
  const check = await createCheck(plan);
  const controller = new AbortController();
  const abort = abortAfterMs === undefined ? undefined : setTimeout(() => controller.abort(), abortAfterMs);
  const late = new AbortController();
  const run = await timed(() =>
    Promise.race([
      check.run({ signal: controller.signal }),
      sleep(RUN_LIMIT_MS, 'late' as const, { signal: late.signal }),
    ]),
  );
  late.abort();
  clearTimeout(abort);
  return run;
}

/** What every kind of check must do, against every counterpart that it may meet. */
export function describeCheckCompliance(kind: string, cases: readonly ComplianceCase[]): void {
  describe(`${kind} complies`, () => {
    let baseline: readonly string[] = [];
    beforeAll(() => {
      baseline = openResources();
    });
    afterEach(() => expectNothingLeft(baseline));

    const prepare = (one: ComplianceCase) =>
      one.prepare(one.hangs || one.waits ? STEP_LIMIT_MS : PATIENT_LIMIT_MS);

    it.each(cases)('$name: right verdict in time, one line, nothing left', async (one) => {
      const { plan, close } = await prepare(one);
      const connectsBefore = connectsUnderWay();
      const isExpected = (run: Timed<CheckOutcome | 'late'>) =>
        isRight(run.value) && isInTime(run, plan.stepLimitMs);
      const isRight = (found: CheckOutcome | 'late') =>
        found !== 'late' &&
        found.ok === one.ok &&
        (one.event === undefined || found.complaint?.event === one.event);
      const run = await whenCalm(() => runLimited(plan), isExpected);
      const { value: outcome } = run;
      await vi.waitFor(() => expect(connectsUnderWay()).toBeLessThanOrEqual(connectsBefore), SOON);
      await close();
      if (outcome === 'late') throw new Error('the check did not end within its limits');
      expect(outcome).toMatchObject({ ok: one.ok });
      if (one.event !== undefined) expect(outcome.complaint?.event).toBe(one.event);
      expect(outcome.complaint === undefined).toBe(one.ok);
      expect(outcome.reason).toMatch(/^[^\n\r]+$/);
      expect(run).not.toSatisfy((one: typeof run) => isOverdue(one, plan.stepLimitMs));
    });

    it.each(cases)('$name: a second run finds the same', async (one) => {
      const { plan, close } = await prepare(one);
      const both = await whenCalm(
        async () => [(await runLimited(plan)).value, (await runLimited(plan)).value] as const,
        ([first, second]) => JSON.stringify(first) === JSON.stringify(second),
      );
      await close();
      expect(both[1]).toEqual(both[0]);
    });

    it.each(cases.filter(({ hangs }) => hangs))('$name: ends when it is cancelled', async (one) => {
      const { plan, close } = await prepare(one);
      const run = await whenCalm(
        () => runLimited({ ...plan, stepLimitMs: 60_000 }, CANCEL_AFTER_MS),
        (found) => isInTime(found, CANCEL_AFTER_MS),
      );
      await close();
      expect(run.value).toMatchObject({ ok: false });
      expect(run).not.toSatisfy((one: typeof run) => isOverdue(one, CANCEL_AFTER_MS));
    });
  });
}
