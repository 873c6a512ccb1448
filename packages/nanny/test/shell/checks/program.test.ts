import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanOf } from '../../../src/core/check-plan.js';
import { createCheck } from '../../../src/shell/checks/registry.js';
import {
  type ComplianceCase,
  describeCheckCompliance,
  STEP_LIMIT_MS,
} from '../../support/check-compliance.js';

const target = { address: '127.0.0.1', port: 80 };
const PROGRAM_LIMIT_MS = 5_000;

function programPlan(script: string, expected?: string, stepLimitMs = PROGRAM_LIMIT_MS): PlanOf<'program'> {
  return { kind: 'program', target, stepLimitMs, words: ['/bin/sh', '-c', script], expect: expected };
}

function one(name: string, plan: PlanOf<'program'>, event?: string): ComplianceCase {
  return { name, ok: event === undefined, event, prepare: async () => ({ plan, close: async () => {} }) };
}

const hanging = {
  ...one('hangs', programPlan('sleep 60', 'OK', STEP_LIMIT_MS), 'NANNY_PROGRAM_TIMED_OUT'),
  hangs: true,
};
const endless = programPlan('while :; do echo xxxxxxxxxxxxxxxx; done', 'OK', STEP_LIMIT_MS);
const missing = { ...programPlan('', 'OK'), words: ['/nonexistent/check'] };

describeCheckCompliance('program', [
  one('prints what is expected', programPlan('echo OK', 'OK')),
  one('prints it without a newline', programPlan('printf OK', 'OK')),
  one('prints it in two pieces', programPlan('printf O; printf K', 'OK')),
  one('prints more', programPlan('echo OKAY', 'OK'), 'NANNY_ANSWER_UNEXPECTED'),
  one('prints two newlines', programPlan('echo OK; echo', 'OK'), 'NANNY_ANSWER_UNEXPECTED'),
  one('prints nothing', programPlan('true', 'OK'), 'NANNY_PROGRAM_SILENT'),
  one('fails after the right text', programPlan('echo OK; exit 3', 'OK'), 'NANNY_PROGRAM_FAILED'),
  one('dies of a signal', programPlan('kill -9 $$', 'OK'), 'NANNY_PROGRAM_FAILED'),
  one('succeeds where nothing is expected', programPlan('echo whatever')),
  one('fails where nothing is expected', programPlan('exit 1'), 'NANNY_PROGRAM_FAILED'),
  one('does not exist', missing, 'NANNY_PROGRAM_NOT_RUN'),
  one('leaves a child that holds its output', programPlan('echo OK; sleep 60 &', 'OK')),
  one('prints without end', endless, 'NANNY_PROGRAM_TIMED_OUT'),
  hanging,
]);

describe('program', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'piranha-nanny-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const signal = new AbortController().signal;

  it.each([
    ['a program that hangs', 'sleep 60 & echo $! > FILE; wait', STEP_LIMIT_MS],
    ['a program that has ended', 'sleep 60 & echo $! > FILE; echo OK', PROGRAM_LIMIT_MS],
  ])('kills the children of %s', async (name, script, stepLimitMs) => {
    const file = join(directory, name.replaceAll(' ', '-'));
    const check = await createCheck(programPlan(script.replace('FILE', file), 'OK', stepLimitMs));
    await check.run({ signal });
    const child = Number(readFileSync(file, 'utf8'));
    const alive = () => {
      try {
        // An orphan that nobody has reaped yet still has an entry.
        return !/^State:\s+Z/m.test(readFileSync(`/proc/${child}/status`, 'utf8'));
      } catch {
        return false;
      }
    };
    for (let turn = 0; turn < 200 && alive(); turn++) await sleep(10);
    expect(alive()).toBe(false);
  });

  it('compares no more than 4095 bytes', async () => {
    const script = "head -c 5000 /dev/zero | tr '\\0' x";
    const check = await createCheck(programPlan(script, 'x'.repeat(4_095)));
    expect(await check.run({ signal })).toMatchObject({ ok: true });
  });

  it('does not show the arguments in its complaint', async () => {
    const check = await createCheck({ ...programPlan('exit 1'), words: ['/bin/false', 'password'] });
    expect(JSON.stringify(await check.run({ signal }))).not.toContain('password');
  });
});
