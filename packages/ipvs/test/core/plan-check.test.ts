import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tryOperation } from '../../src/core/apply.js';
import { PlanCheck } from '../../src/core/plan-check.js';
import { TableBuilder } from '../../src/core/table-builder.js';
import { diffTables, ownedKeys, type Table, type TableOperation } from '../../src/index.js';
import { anyTable } from '../support/tables.js';

const plan = (from: Table, to: Table): readonly TableOperation[] =>
  diffTables(to, from, new Set(ownedKeys(from)));

/** What the model makes of operations, and the refusals on the way. */
function carriedOut(start: Table, operations: readonly TableOperation[]) {
  let table = start;
  const refusals = operations.map((operation) => {
    const result = tryOperation(table, operation);
    if (!result.ok) return result.message;
    table = result.table;
    return undefined;
  });
  return { table, refusals };
}

describe('TableBuilder', () => {
  it('refuses and changes as tryOperation does', () => {
    fc.assert(
      fc.property(anyTable, anyTable, anyTable, (first, second, third) => {
        // Operations of one change upon another, so that some are refused.
        const operations = [...plan(first, second), ...plan(first, third), ...plan(second, third)];
        const expected = carriedOut(first, operations);
        const builder = new TableBuilder(first);
        const refusals = operations.map((operation) => {
          const message = builder.refusalOf(operation);
          if (message === undefined) builder.carryOut(operation);
          return message;
        });
        expect(refusals).toEqual(expected.refusals);
        expect(builder.table()).toEqual(expected.table);
      }),
    );
  });
});

describe('PlanCheck', () => {
  it('finds a plan done that the kernel carried out, and its refusals by the same words', () => {
    fc.assert(
      fc.property(anyTable, anyTable, fc.boolean(), (before, wanted, repeat) => {
        const once = plan(before, wanted);
        const operations = repeat ? [...once, ...once.map((operation) => ({ ...operation }))] : once;
        const { table, refusals } = carriedOut(before, operations);
        const check = new PlanCheck(operations, before, table, 'refusals');
        const verdicts = operations.map((operation) => check.verdictOn(operation));
        expect(verdicts.map((verdict) => (verdict.type === 'refused' ? verdict.message : undefined))).toEqual(
          refusals,
        );
        expect(verdicts.filter(({ type }) => type === 'unclear' || type === 'later')).toEqual([]);
      }),
    );
  });

  it('misses nothing that a restore which stopped did not reach', () => {
    fc.assert(
      fc.property(anyTable, anyTable, fc.nat(), (before, wanted, number) => {
        const operations = plan(before, wanted);
        fc.pre(operations.length > 0);
        const reached = number % operations.length;
        const { table } = carriedOut(before, operations.slice(0, reached));
        const check = new PlanCheck(operations, before, table, 'stopped');
        const types = operations.map((operation) => check.verdictOn(operation).type);
        expect(types).toEqual(
          operations.map((_, index) => {
            if (index < reached) return 'done';
            return index === reached ? 'unclear' : 'later';
          }),
        );
      }),
    );
  });
});
