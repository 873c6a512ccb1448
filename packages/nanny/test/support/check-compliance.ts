import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CheckOutcome } from '../../src/check.js';
import type { CheckPlan } from '../../src/core/check-plan.js';
import { createCheck } from '../../src/shell/checks/registry.js';

/** Limit of each step in these tests, ms. */
export const STEP_LIMIT_MS = 400;
/** Connect, send and read are limited each; the rest is for a busy machine. */
const RUN_LIMIT_MS = 3 * STEP_LIMIT_MS + 3_000;

export interface ComplianceCase {
  readonly name: string;
  readonly ok: boolean;
  /** The event of a failure, where it must be a certain one. */
  readonly event?: string;
  /** Hangs long enough to be cancelled. */
  readonly hangs?: boolean;
  prepare(): Promise<{ readonly plan: CheckPlan; close(): Promise<void> }>;
}

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
  for (let turn = 0; turn < 200 && openResources().length > baseline.length; turn++) await sleep(10);
  expect(openResources()).toEqual(baseline);
}

async function runLimited(plan: CheckPlan, abortAfterMs?: number): Promise<CheckOutcome | 'late'> {
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
  return outcome;
}

/** What every kind of check must do, against every counterpart that it may meet. */
export function describeCheckCompliance(kind: string, cases: readonly ComplianceCase[]): void {
  describe(`${kind} complies`, () => {
    let baseline: readonly string[] = [];
    beforeAll(() => {
      baseline = openResources();
    });
    afterEach(() => expectNothingLeft(baseline));

    it.each(cases)('$name: right verdict in time, one line, nothing left', async (one) => {
      const { plan, close } = await one.prepare();
      const connectsBefore = connectsUnderWay();
      const outcome = await runLimited(plan);
      await sleep(20);
      expect(connectsUnderWay()).toBeLessThanOrEqual(connectsBefore);
      await close();
      if (outcome === 'late') throw new Error('the check did not end within its limits');
      expect(outcome).toMatchObject({ ok: one.ok });
      if (one.event !== undefined) expect(outcome.complaint?.event).toBe(one.event);
      expect(outcome.complaint === undefined).toBe(one.ok);
      expect(outcome.reason).toMatch(/^[^\n\r]+$/);
    });

    it.each(cases)('$name: a second run finds the same', async (one) => {
      const { plan, close } = await one.prepare();
      const first = await runLimited(plan);
      const second = await runLimited(plan);
      await close();
      expect(second).toEqual(first);
    });

    it.each(cases.filter(({ hangs }) => hangs))('$name: ends when it is cancelled', async (one) => {
      const { plan, close } = await one.prepare();
      const outcome = await runLimited({ ...plan, stepLimitMs: 60_000 }, 50);
      await close();
      expect(outcome).toMatchObject({ ok: false });
    });
  });
}
