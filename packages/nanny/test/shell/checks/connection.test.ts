import { describe, expect, it } from 'vitest';
import type { AnySpecPlan } from '../../../src/core/check-plan.js';
import { CheckFailure, failedSpec, judged } from '../../../src/shell/checks/connection.js';

const PLAN: AnySpecPlan = {
  kind: 'spec',
  target: { address: '::1', port: 80 },
  stepLimitMs: 1,
  connectLimitMs: 1,
  spec: { name: 'alive' },
};

describe('the steps of a check', () => {
  it('give the reason of a success', async () => {
    expect(await judged(PLAN, async () => 'answered')).toEqual({ ok: true, reason: 'answered' });
  });

  it('fail with a line that names check and server', async () => {
    const steps = async () => {
      throw new CheckFailure('read timed out');
    };
    expect(await judged(PLAN, steps)).toEqual(failedSpec(PLAN, 'read timed out'));
    expect(failedSpec(PLAN, 'read timed out')).toMatchObject({
      ok: false,
      reason: 'check alive of [::1]:80 failed: read timed out',
      complaint: { event: 'NANNY_CHECK_FAILED' },
    });
  });

  it('do not hide a mistake of our own', async () => {
    const steps = async () => {
      throw new TypeError('ours');
    };
    await expect(judged(PLAN, steps)).rejects.toThrowError(TypeError);
  });
});
