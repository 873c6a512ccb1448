import { applyOperation, diffTables, operationText, ownedKeys, type Table } from '@piranha/ipvs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTableInSync } from '../../src/core/table-health.js';
import {
  initialTableSync,
  stepTableSync,
  type TableSyncEffect,
  type TableSyncEvent,
  type TableSyncPolicy,
} from '../../src/core/table-sync.js';
import { POLICY as SLOW, service, table } from '../sync-tables.js';

const POLICY: TableSyncPolicy = { ...SLOW, rereadMs: 50 };
const TOOLS = { diff: diffTables, apply: applyOperation, text: operationText, keys: ownedKeys };

/** A kernel that answers when it is told to, beside a writer that asks it. */
class Race {
  state = initialTableSync(new Set());
  real: Table = table();
  drifts = 0;
  private nowMs = 0;
  /** Answers under way. What a read saw may be from before or after the changes made since. */
  private reading: { seen: Table } | undefined;
  private applying: Extract<TableSyncEffect, { type: 'apply' }> | undefined;

  constructor() {
    this.feed({ type: 'tick' });
    this.feed({ type: 'connected' });
    this.feed({ type: 'desire', table: table(service(80, 1, 1)) });
  }

  feed(event: TableSyncEvent): void {
    this.nowMs += 7;
    const step = stepTableSync(POLICY, TOOLS, this.state, event, this.nowMs);
    this.state = step.state;
    for (const effect of step.effects) {
      if (effect.type === 'logDrift') this.drifts += 1;
      if (effect.type === 'read') {
        if (this.reading !== undefined) throw new Error('two reads at once');
        this.reading = { seen: this.real };
      }
      if (effect.type === 'apply') {
        if (this.applying !== undefined) throw new Error('two changes at once');
        this.applying = effect;
      }
    }
  }

  /** The kernel lists its table now, and answers later. */
  look(): void {
    if (this.reading !== undefined) this.reading = { seen: this.real };
  }

  answerRead(): void {
    const { reading } = this;
    this.reading = undefined;
    if (reading !== undefined) this.feed({ type: 'read', table: reading.seen });
  }

  /** @param isRefused whether the kernel refuses the first operation */
  answerApply(isRefused: boolean): void {
    const { applying } = this;
    this.applying = undefined;
    if (applying === undefined) return;
    const results = applying.operations.map((operation, index) => {
      if (isRefused && index === 0) return { ok: false as const, message: 'no' };
      this.real = applyOperation(this.real, operation);
      return { ok: true as const };
    });
    this.feed({ type: 'applied', results });
  }

  /** What is left to be done, as it really is. */
  missing(): readonly string[] {
    const { desired = table() } = this.state;
    return diffTables(desired, this.real, new Set(ownedKeys(this.real))).map(operationText);
  }

  /** Whatever is under way comes to its end. */
  settle(): void {
    for (let round = 0; round < 400; round += 1) {
      this.answerRead();
      this.answerApply(false);
      this.feed({ type: 'tick' });
    }
  }
}

type Move = readonly ['desire' | 'foreign' | 'look' | 'read' | 'apply' | 'refuse' | 'tick', number];

const KINDS = ['desire', 'look', 'read', 'apply', 'refuse', 'tick'] as const;
const moves = (kinds: readonly Move[0][]) =>
  fc.array(fc.tuple(fc.constantFrom(...kinds), fc.integer({ min: 0, max: 3 })), { maxLength: 60 });

function play(race: Race, list: readonly Move[]): void {
  for (const [kind, weight] of list) {
    if (kind === 'desire') race.feed({ type: 'desire', table: table(service(80, weight, 1)) });
    else if (kind === 'foreign') race.real = table(service(80, weight, weight));
    else if (kind === 'look') race.look();
    else if (kind === 'read') race.answerRead();
    else if (kind === 'tick') race.feed({ type: 'tick' });
    else race.answerApply(kind === 'refuse');
  }
}

describe('a table that is looked at while it changes', () => {
  it('takes nothing of its own for drift, and comes to what was wanted last', () => {
    fc.assert(
      fc.property(moves(KINDS), (list) => {
        const race = new Race();
        play(race, list);
        race.settle();
        expect(race.drifts).toBe(0);
        expect(race.missing()).toEqual([]);
        expect(isTableInSync(race.state)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('comes to what was wanted last when others change it too', () => {
    fc.assert(
      fc.property(moves([...KINDS, 'foreign']), (list) => {
        const race = new Race();
        play(race, list);
        race.settle();
        expect(race.missing()).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});
