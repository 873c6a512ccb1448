import type { PulseEffect } from './types.js';

export type MoveResult = Extract<PulseEffect, { type: 'handoverResult' | 'maintenanceResult' }>;

/** Several groups' answers to one order, until all are there. Changed in place. */
export class GroupResults {
  private awaited: readonly string[] = [];
  private readonly results = new Map<string, MoveResult>();

  /** An order goes to these groups; each answers once, at once or when its move is over. */
  ask(groups: readonly string[]): void {
    this.awaited = groups;
    this.results.clear();
  }

  /** A group answers. @returns the answer for whoever ordered, once the last one is there */
  answer(group: string, result: MoveResult): MoveResult | undefined {
    if (!this.awaited.includes(group)) return undefined;
    this.results.set(group, result);
    if (this.results.size < this.awaited.length) return undefined;
    const all = this.awaited.flatMap((name) => {
      const one = this.results.get(name);
      return one === undefined ? [] : [{ name, ...one }];
    });
    this.ask([]);
    return joined(all, result.type);
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
