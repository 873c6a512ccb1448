import type { CheckSpec } from '@piranha/config';
import type { CheckOutcome, CheckTarget } from '../../src/check.js';
import { type CheckPlan, planCheck } from '../../src/core/check-plan.js';
import { createCheck } from '../../src/shell/checks/registry.js';

type WithoutName<Spec> = Spec extends CheckSpec ? Omit<Spec, 'name'> : never;

/** A check block without its name. */
export type NamelessSpec = WithoutName<CheckSpec>;

/** The plan of one check block; `limitMs` is the limit of each step. */
export function planFor(target: CheckTarget, spec: NamelessSpec, limitMs = 5_000): CheckPlan {
  const named = { name: 'tested', ...spec } as CheckSpec;
  return planCheck({
    target,
    virtualAddress: '192.0.2.100',
    virtualPort: 8080,
    udp: false,
    send: undefined,
    expect: undefined,
    useRegex: false,
    sendProgram: undefined,
    literalBackslashes: false,
    intervalMs: limitMs,
    checks: { require: 'all', specs: [named] },
  }).plan;
}

/** Runs the check of one block once. */
export async function runSpec(
  target: CheckTarget,
  spec: NamelessSpec,
  limitMs?: number,
): Promise<CheckOutcome> {
  const check = await createCheck(planFor(target, spec, limitMs));
  return check.run({ signal: new AbortController().signal });
}
