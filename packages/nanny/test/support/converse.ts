import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Dialogue, DialogueStep } from '../../src/core/kinds/dialogue.js';

export interface Conversation {
  readonly last: DialogueStep;
  /** What the checker sent, farewell included. */
  readonly sent: readonly Buffer[];
}

/** Plays the server: each answer is given when the checker waits. */
export function converse(dialogue: Dialogue, answers: readonly (Uint8Array | string)[]): Conversation {
  const sent: Buffer[] = [];
  let last = dialogue.start();
  const note = () => {
    if (last.type === 'send') sent.push(Buffer.from(last.bytes));
    if (last.type === 'passed' && last.farewell) sent.push(Buffer.from(last.farewell));
  };
  note();
  for (const answer of answers) {
    if (last.type !== 'more' && last.type !== 'send') break;
    last = dialogue.receive(typeof answer === 'string' ? Buffer.from(answer, 'latin1') : answer);
    note();
  }
  return { last, sent };
}

/** The verdict on a server that says these things: the reason, or the problem after `not`. */
export function verdict(dialogue: Dialogue, answers: readonly (Uint8Array | string)[]): string {
  const { last } = converse(dialogue, answers);
  if (last.type === 'passed') return last.reason;
  return last.type === 'failed' ? `not: ${last.problem}` : last.type;
}

/** Whatever bytes come, and however they are cut, there is no exception, and one piece or many are the same. */
export function itSurvivesAnything(make: () => Dialogue, ...likely: readonly Uint8Array[]): void {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    ...likely.map((one) =>
      fc.array(fc.tuple(fc.nat(one.length), fc.nat(255)), { maxLength: 3 }).map((changes) => {
        const changed = Uint8Array.from(one);
        for (const [at, byte] of changes) if (at < changed.length) changed[at] = byte;
        return changed;
      }),
    ),
  );
  it('survives anything, cut anyhow', () => {
    fc.assert(
      fc.property(bytes, (sent) => {
        const whole = make();
        whole.start();
        const atOnce = whole.receive(sent);
        const cut = make();
        cut.start();
        let last: DialogueStep = { type: 'more' };
        for (const byte of sent) {
          if (last.type === 'more') last = cut.receive(Uint8Array.of(byte));
        }
        expect(last).toEqual(sent.length === 0 ? { type: 'more' } : atOnce);
      }),
      { numRuns: 300 },
    );
  });
}
