import type { PulseEffect } from './types.js';

export type MoveResult = Extract<PulseEffect, { type: 'handoverResult' | 'maintenanceResult' }>;

/** An order that is not answered by every group yet. */
interface Pending {
  readonly groups: readonly string[];
  readonly results: Map<string, MoveResult>;
}

/** Several groups' answers to one order of a kind, until all are there. Changed in place. */
export class GroupResults {
  private readonly pending = new Map<MoveResult['type'], Pending>();

  /** An order goes to these groups; each answers once, at once or when its move is over. */
  ask(type: MoveResult['type'], groups: readonly string[]): void {
    this.pending.set(type, { groups, results: new Map() });
  }

  /** Whether a group has yet to answer an order of this kind. */
  awaits(type: MoveResult['type'], group: string): boolean {
    const order = this.pending.get(type);
    return order?.groups.includes(group) === true && !order.results.has(group);
  }

  /** A group answers. @returns the answer for whoever ordered, once the last one is there */
  answer(group: string, result: MoveResult): MoveResult | undefined {
    const order = this.pending.get(result.type);
    if (order?.groups.includes(group) !== true) return undefined;
    order.results.set(group, result);
    return this.answerOf(result.type, order);
  }

  /** A reload leaves these groups alone: what another one has yet to answer will not come. @returns whole answers */
  keepOnly(groups: readonly string[]): readonly MoveResult[] {
    return [...this.pending].flatMap(([type, order]) => {
      const gone = order.groups.filter((name) => !groups.includes(name) && !order.results.has(name));
      for (const name of gone) order.results.set(name, leftOut(type));
      const whole = gone.length > 0 ? this.answerOf(type, order) : undefined;
      return whole === undefined ? [] : [whole];
    });
  }

  private answerOf(type: MoveResult['type'], order: Pending): MoveResult | undefined {
    if (order.results.size < order.groups.length) return undefined;
    this.pending.delete(type);
    const all = order.groups.flatMap((name) => {
      const one = order.results.get(name);
      return one === undefined ? [] : [{ name, ...one }];
    });
    return joined(all, type);
  }
}

function leftOut(type: MoveResult['type']): MoveResult {
  const why = { ok: false, text: 'it left lvs.cf meanwhile' } as const;
  return type === 'handoverResult'
    ? { type, ...why, code: 'PULSE_HANDOVER_UNDONE' }
    : { type, ...why, code: 'PULSE_MAINTENANCE_REFUSED' };
}

function joined(
  all: readonly (MoveResult & { readonly name: string })[],
  type: MoveResult['type'],
): MoveResult {
  const texts = new Set(all.map(({ text }) => text));
  const [first = ''] = texts;
  const ok = all.every((one) => one.ok);
  const code = all.find((one) => !one.ok && one.code !== undefined)?.code;
  const text = texts.size === 1 ? first : textByGroup(all);
  return { type, ok, text, ...(code === undefined ? {} : { code }) };
}

function textByGroup(all: readonly (MoveResult & { readonly name: string })[]): string {
  return all.map(({ name, text }) => `${name}: ${text}`).join('; ');
}
