import { describe, expect, it } from 'vitest';
import { type Check, type CheckOutcome, failed, passed } from '../../../src/check.js';
import type { PlanOf } from '../../../src/core/check-plan.js';
import { createCheck } from '../../../src/shell/checks/registry.js';
import { severalChecks } from '../../../src/shell/checks/several.js';

const BAD = failed('NANNY_CONNECT_TIMED_OUT', { server: 'x' });
const NOTICE = { event: 'NANNY_STOPPING', fields: { signal: 1 } } as const;

/** Ends by itself, or when it is cancelled. */
function scripted(outcome: CheckOutcome | 'hangs'): Check & { cancelled: boolean } {
  return {
    cancelled: false,
    async run({ signal }) {
      if (outcome !== 'hangs') return outcome;
      if (!signal.aborted)
        await new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
      this.cancelled = true;
      return { ok: false, reason: 'cancelled' };
    },
  };
}

function run(kind: 'all-of' | 'any-of', checks: readonly Check[], signal = new AbortController().signal) {
  const plan = { kind, target: { address: '10.0.0.1', port: 1 }, stepLimitMs: 1, parts: [] } as PlanOf<
    'all-of' | 'any-of'
  >;
  return severalChecks(plan, checks).run({ signal });
}

describe('several checks', () => {
  it('pass when all pass, and say all of it', async () => {
    const checks = [scripted(passed('one')), scripted({ ...passed('two'), notices: [NOTICE] })];
    expect(await run('all-of', checks)).toEqual({ ok: true, reason: 'one; two', notices: [NOTICE] });
  });

  it('fail with the first failure, which cancels the rest', async () => {
    const hangs = scripted('hangs');
    expect(await run('all-of', [hangs, scripted(BAD), scripted(passed('x'))])).toEqual(BAD);
    expect(hangs.cancelled).toBe(true);
  });

  it('pass with any success, which cancels the rest', async () => {
    const hangs = scripted('hangs');
    expect(await run('any-of', [hangs, scripted(BAD), scripted(passed('x'))])).toEqual(passed('x'));
    expect(hangs.cancelled).toBe(true);
  });

  it('fail when none of them passes, and say why each', async () => {
    const other = failed('NANNY_READ_TIMED_OUT', { server: 'x' });
    expect(await run('any-of', [scripted(BAD), scripted(other)])).toEqual({
      ...BAD,
      reason: 'CONNECT to x timed out; READ to x timed out',
    });
  });

  it('pass with the least weight that one asks for', async () => {
    const asks = (weight: number | 'configured') => scripted({ ...passed('x'), weight });
    expect((await run('all-of', [asks(9), asks('configured'), asks(4)])).weight).toBe(4);
    expect((await run('all-of', [scripted(passed('x')), asks('configured')])).weight).toBe('configured');
    expect(await run('all-of', [scripted(passed('x'))])).not.toHaveProperty('weight');
  });

  it('decide nothing where one could not be made, unless another decides', async () => {
    const unmade: CheckOutcome = {
      ...failed('NANNY_NO_DESCRIPTORS', { server: 'x', error: 'EMFILE' }),
      undecided: true,
    };
    expect(await run('all-of', [scripted(unmade), scripted(passed('x'))])).toEqual(unmade);
    expect(await run('any-of', [scripted(BAD), scripted(unmade)])).toEqual(unmade);
    expect(await run('all-of', [scripted(unmade), scripted(BAD)])).toEqual(BAD);
    expect(await run('any-of', [scripted(unmade), scripted(passed('x'))])).toEqual(passed('x'));
  });

  it('end when they are cancelled, before or during the run', async () => {
    const controller = new AbortController();
    const running = run('all-of', [scripted(passed('x')), scripted('hangs')], controller.signal);
    controller.abort();
    expect(await running).toMatchObject({ ok: false, reason: 'cancelled' });
    expect(await run('any-of', [scripted('hangs')], controller.signal)).toMatchObject({ ok: false });
  });

  it('keep a server down whose kind is not known, and say so', async () => {
    const spec = { name: 'a', kind: 'later' } as unknown as { name: string; kind: 'tcp' };
    const target = { address: '10.0.0.1', port: 1 };
    const check = await createCheck({ kind: 'spec', target, stepLimitMs: 1, connectLimitMs: 1, spec });
    expect(await check.run({ signal: new AbortController().signal })).toMatchObject({
      ok: false,
      reason: 'check a: this nanny knows no kind later',
    });
  });
});
