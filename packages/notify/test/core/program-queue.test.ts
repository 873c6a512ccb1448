import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyQueue,
  KILL_GRACE_MS,
  nextQueueTickMs,
  type QueuedProgram,
  type QueueEffect,
  type QueueEvent,
  type QueueState,
  stepQueue,
  TERM_GRACE_MS,
} from '../../src/core/program-queue.js';

/** Feeds the queue on a virtual clock and keeps every effect as a short text. */
class Bench {
  state: QueueState<QueuedProgram> = emptyQueue();
  nowMs = 0;
  readonly seen: string[] = [];

  constructor(private readonly limit = 10) {}

  feed(event: QueueEvent<QueuedProgram>): void {
    const { state, effects } = stepQueue(this.limit, this.state, event, this.nowMs);
    this.state = state;
    for (const effect of effects) this.seen.push(textOf(effect));
  }

  add(id: number, limitMs = 1_000): void {
    this.feed({ type: 'add', job: { id, limitMs } });
  }

  /** Goes to the next tick that the queue asks for. */
  tick(): void {
    this.nowMs = nextQueueTickMs(this.state);
    this.feed({ type: 'tick' });
  }
}

function textOf(effect: QueueEffect<QueuedProgram>): string {
  if (effect.type === 'tellDropped') return `${effect.count} dropped`;
  return `${effect.type === 'signal' ? effect.signal : effect.type} ${effect.job.id}`;
}

describe('the queue of programs', () => {
  it('starts the next one only when the one before has ended', () => {
    const bench = new Bench();
    for (const id of [1, 2, 3]) bench.add(id);
    expect(bench.seen).toEqual(['start 1']);
    bench.feed({ type: 'ended', id: 1 });
    bench.feed({ type: 'ended', id: 2 });
    expect(bench.seen).toEqual(['start 1', 'start 2', 'start 3']);
  });

  it('ends one that runs past its limit, first kindly, and goes on', () => {
    const bench = new Bench();
    bench.add(1, 500);
    bench.add(2);
    bench.tick();
    expect(bench.nowMs).toBe(500);
    bench.tick();
    expect(bench.nowMs).toBe(500 + TERM_GRACE_MS);
    bench.tick();
    expect(bench.nowMs).toBe(500 + TERM_GRACE_MS + KILL_GRACE_MS);
    expect(bench.seen).toEqual(['start 1', 'SIGTERM 1', 'SIGKILL 1', 'giveUp 1', 'start 2']);
    bench.feed({ type: 'ended', id: 1 });
    expect(bench.state.running?.job.id).toBe(2);
  });

  it('kills what is left of the group of one that obeyed SIGTERM', () => {
    const bench = new Bench();
    bench.add(1, 500);
    bench.tick();
    bench.feed({ type: 'ended', id: 1 });
    expect(bench.seen).toEqual(['start 1', 'SIGTERM 1', 'SIGKILL 1']);
    expect(nextQueueTickMs(bench.state)).toBe(Infinity);
  });

  it('leaves the group of one that ended in time alone', () => {
    const bench = new Bench();
    bench.add(1);
    bench.feed({ type: 'ended', id: 1 });
    expect(bench.seen).toEqual(['start 1']);
  });

  it('drops the oldest that wait, tells of the first at once and of all when there is room again', () => {
    const bench = new Bench(2);
    for (const id of [1, 2, 3, 4, 5]) bench.add(id);
    expect(bench.seen).toEqual(['start 1', 'drop 2', '1 dropped', 'drop 3']);
    for (const id of [1, 4, 5]) bench.feed({ type: 'ended', id });
    expect(bench.seen.slice(4)).toEqual(['start 4', '2 dropped', 'start 5']);
  });

  it('tells of a single dropped one once, and of the next one anew', () => {
    const bench = new Bench(1);
    for (const id of [1, 2, 3]) bench.add(id);
    for (const id of [1, 3]) bench.feed({ type: 'ended', id });
    expect(bench.seen).toEqual(['start 1', 'drop 2', '1 dropped', 'start 3']);
    for (const id of [4, 5, 6]) bench.add(id);
    expect(bench.seen.slice(4)).toEqual(['start 4', 'drop 5', '1 dropped']);
  });

  it('never runs two at once, keeps the order, and forgets none that it did not drop', () => {
    const moves = fc.array(fc.constantFrom('add', 'end', 'tick'), { maxLength: 200 });
    fc.assert(
      fc.property(moves, fc.integer({ min: 1, max: 5 }), (list, limit) => {
        const bench = new Bench(limit);
        let added = 0;
        for (const move of list) {
          if (move === 'add') {
            added += 1;
            bench.add(added);
          } else if (bench.state.running !== undefined) {
            if (move === 'end') bench.feed({ type: 'ended', id: bench.state.running.job.id });
            else bench.tick();
          }
          expect(bench.state.waiting.length).toBeLessThanOrEqual(limit);
          if (bench.state.running === undefined) expect(bench.state.waiting).toEqual([]);
        }
        const idsOf = (verb: string): number[] =>
          bench.seen.filter((text) => text.startsWith(`${verb} `)).map((text) => Number(text.split(' ')[1]));
        const started = idsOf('start');
        expect(started).toEqual([...started].sort((one, other) => one - other));
        expect(started.length + idsOf('drop').length + bench.state.waiting.length).toBe(added);
      }),
    );
  });
});
