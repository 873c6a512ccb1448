import { describe, expect, it } from 'vitest';
import { planParts } from '../../src/core/check-plan.js';
import { planFor } from '../support/spec-plan.js';

const target = { address: '10.0.0.1', port: 80 };

describe('the parts of a plan', () => {
  it('are its blocks, programs apart', () => {
    const tcp = planFor(target, { kind: 'tcp' });
    const program = planFor(target, {
      kind: 'program',
      program: '/bin/true',
      arguments: 'none',
      miscDynamic: false,
    });
    expect(planParts(tcp)).toEqual({ programs: 0, others: 1 });
    expect(planParts(program)).toEqual({ programs: 1, others: 0 });
    if (tcp.kind !== 'spec' || program.kind !== 'spec') throw new Error('no blocks');
    expect(planParts({ kind: 'any-of', target, stepLimitMs: 1, parts: [tcp, program, tcp] })).toEqual({
      programs: 1,
      others: 2,
    });
  });
});
