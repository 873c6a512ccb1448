import type { PulseEffect } from './types.js';

export type MoveResult = Extract<PulseEffect, { type: 'handoverResult' | 'maintenanceResult' }>;

/** An order, and what groups answered to it so far. */
interface Asked {
  readonly groups: readonly string[];
  readonly results: Map<string, MoveResult>;
}

/** Several groups' answers to one order, until all are there: a handover, and an order of maintenance beside it. Changed in place. */
export class GroupResults {
  private readonly asked = new Map<MoveResult['type'], Asked>();

  /** An order goes to these groups; each answers once, at once or when its move is over. */
  ask(type: MoveResult['type'], groups: readonly string[]): void {
    this.asked.set(type, { groups, results: new Map() });
  }

  /** The groups whose answer to such an order is not there yet. */
  awaited(type: MoveResult['type']): readonly string[] {
    const { groups = [], results } = this.asked.get(type) ?? {};
    return groups.filter((name) => results?.has(name) !== true);
  }

  /** A group answers. @returns the answer for whoever ordered, once the last one is there */
  answer(group: string, result: MoveResult): MoveResult | undefined {
    const { type } = result;
    if (!this.awaited(type).includes(group)) return undefined;
    const { groups = [], results = new Map<string, MoveResult>() } = this.asked.get(type) ?? {};
    results.set(group, result);
    if (results.size < groups.length) return undefined;
    this.asked.delete(type);
    const all = groups.flatMap((name) => {
      const one = results.get(name);
      return one === undefined ? [] : [{ name, ...one }];
    });
    return joined(all, type);
  }
}

function joined(
  all: readonly (MoveResult & { readonly name: string })[],
  type: MoveResult['type'],
): MoveResult {
  const texts = new Set(all.map(({ text }) => text));
  const [first = ''] = texts;
  const ok = all.every((one) => one.ok);
  return { type, ok, text: texts.size === 1 ? first : textByGroup(all) };
}

function textByGroup(all: readonly (MoveResult & { readonly name: string })[]): string {
  return all.map(({ name, text }) => `${name}: ${text}`).join('; ');
}
