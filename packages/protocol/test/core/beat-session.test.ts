import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BeatSessions,
  bootsToEcho,
  createBeatSessions,
  type HeardBeat,
  RETIRED_LIMIT,
  stepBeatSession,
  withPeers,
} from '../../src/beat.js';
import { plainBeat } from '../support/beats.js';

const OWN = 'aaaaaaaaaaaaaaaa';
const LIFE = 'b000000000000001';
const NEXT_LIFE = 'b000000000000002';
const start = (): BeatSessions => createBeatSessions({ node: 'left', boot: OWN }, ['right']);

/** A beat of the partner, which heard our beat number `echo`. */
function beat(boot: string, sequence: number, echo?: number, own = OWN): HeardBeat {
  const hears = echo === undefined ? [] : [{ node: 'left', boots: [{ boot: own, sequence: echo }] }];
  return { boot, sequence, beat: plainBeat('right', hears) };
}

interface Heard {
  readonly beat: HeardBeat;
  readonly ownSequence: number;
}

/** Takes beats in, 100 ms apart; gives the verdicts in short. */
function run(state: BeatSessions, list: readonly Heard[]): { state: BeatSessions; said: string[] } {
  const said: string[] = [];
  let now = state;
  for (const [index, one] of list.entries()) {
    const { state: next, verdict } = stepBeatSession(now, one.beat, one.ownSequence, index * 100);
    now = next;
    const detail =
      'reason' in verdict ? verdict.reason : 'opened' in verdict && verdict.opened ? 'opened' : '';
    said.push(detail === '' ? verdict.type : detail);
  }
  return { state: now, said };
}

const opened = (): BeatSessions =>
  run(start(), [
    { beat: beat(LIFE, 1), ownSequence: 1 },
    { beat: beat(LIFE, 2, 2), ownSequence: 2 },
  ]).state;

const session = (state: BeatSessions) => state.peers.get('right')?.session;

describe('a life that is heard for the first time', () => {
  it('counts when it echoes what we sent since', () => {
    const { state, said } = run(start(), [
      { beat: beat(LIFE, 1), ownSequence: 1 },
      { beat: beat(LIFE, 2, 2), ownSequence: 2 },
      { beat: beat(LIFE, 3, 2), ownSequence: 2 },
    ]);
    expect(said).toEqual(['unproven', 'opened', 'accepted']);
    expect(session(state)).toMatchObject({ boot: LIFE, window: { newest: 3 }, heardMs: 200, openedMs: 100 });
  });

  it('proves nothing by an echo of our earlier life, of an older beat, or of one that we never sent', () => {
    const { state, said } = run(start(), [
      { beat: beat(LIFE, 1, 7), ownSequence: 7 },
      { beat: beat(LIFE, 2, 7), ownSequence: 8 },
      { beat: beat(LIFE, 3, 9), ownSequence: 8 },
      { beat: beat(LIFE, 4, 9, 'cccccccccccccccc'), ownSequence: 9 },
    ]);
    expect(said).toEqual(['unproven', 'unproven', 'unproven', 'unproven']);
    expect(session(state)).toBeUndefined();
  });

  it('proves nothing by a packet that was heard before, though our number has leapt over its echo since', () => {
    // It echoes our guardian, of whose numbers this process does not know yet.
    const early = beat(LIFE, 2, 20);
    const { said } = run(start(), [
      { beat: beat(LIFE, 1), ownSequence: 8 },
      { beat: early, ownSequence: 8 },
      { beat: early, ownSequence: 30 },
      { beat: beat(LIFE, 3, 20), ownSequence: 30 },
    ]);
    expect(said).toEqual(['unproven', 'unproven', 'unproven', 'opened']);
  });

  it('is echoed until it counts, and asks for one answer', () => {
    const first = stepBeatSession(start(), beat(LIFE, 5), 1, 0);
    expect(first.verdict).toEqual({ type: 'unproven', answer: true });
    expect(bootsToEcho(first.state, 'right', 1, 10)).toEqual([{ boot: LIFE, sequence: 5 }]);
    const again = stepBeatSession(first.state, beat(LIFE, 6), 1, 100);
    expect(again.verdict).toEqual({ type: 'unproven', answer: false });
    expect(bootsToEcho(again.state, 'right', 2, 110)).toEqual([{ boot: LIFE, sequence: 6 }]);
    expect(bootsToEcho(again.state, 'right', 3, 60_000)).toEqual([]);
  });

  it('cannot make what it sent before its proof count later', () => {
    expect(run(opened(), [{ beat: beat(LIFE, 1), ownSequence: 2 }]).said).toEqual(['duplicate']);
  });

  it('is answered at most each 50 ms, however many lives are replayed', () => {
    let state = start();
    let answers = 0;
    for (let index = 0; index < 1_000; index += 1) {
      const life = index.toString(16).padStart(16, '0');
      const step = stepBeatSession(state, beat(life, 1), 1, index);
      state = step.state;
      if (step.verdict.type === 'unproven' && step.verdict.answer) answers += 1;
    }
    expect(answers).toBe(20);
    expect(state.peers.get('right')?.candidates).toHaveLength(64);
  });

  it('gets its turn among 63 replayed ones', () => {
    let state = start();
    for (let index = 0; index < 64; index += 1) {
      state = stepBeatSession(state, beat(index.toString(16).padStart(16, '0'), 1), 1, 0).state;
    }
    const echoed = new Set(
      Array.from({ length: 16 }, (_, turn) => bootsToEcho(state, 'right', turn, 0))
        .flat()
        .map(({ boot }) => boot),
    );
    expect(echoed.size).toBe(64);
  });
});

describe('a session', () => {
  it('rejects what it has heard, and lets a late beat change nothing that is known', () => {
    const { state, said } = run(opened(), [
      { beat: beat(LIFE, 10), ownSequence: 2 },
      { beat: beat(LIFE, 9), ownSequence: 2 },
      { beat: beat(LIFE, 9), ownSequence: 2 },
      { beat: beat(LIFE, 10), ownSequence: 2 },
      { beat: beat(LIFE, 100), ownSequence: 2 },
      { beat: beat(LIFE, 36), ownSequence: 2 },
      { beat: beat(LIFE, 37), ownSequence: 2 },
    ]);
    expect(said).toEqual(['accepted', 'late', 'duplicate', 'duplicate', 'accepted', 'too old', 'late']);
    expect(session(state)).toMatchObject({ window: { newest: 100 }, heardMs: 400 });
  });

  it('lives on while the partner hears nothing of us', () => {
    const beats = Array.from({ length: 200 }, (_, index) => ({
      beat: beat(LIFE, index + 3),
      ownSequence: 2 + index,
    }));
    expect(new Set(run(opened(), beats).said)).toEqual(new Set(['accepted']));
  });

  it('takes the leap of a stand-in, and then nothing of whom it stands for', () => {
    const { said } = run(opened(), [
      { beat: beat(LIFE, 2 ** 40, 2), ownSequence: 2 },
      { beat: beat(LIFE, 3), ownSequence: 2 },
    ]);
    expect(said).toEqual(['accepted', 'too old']);
  });

  it('takes no leap from before this life: the recording of a stand-in, which has heard another life of ours', () => {
    const { state, said } = run(opened(), [
      { beat: beat(LIFE, 2 ** 40), ownSequence: 2 },
      { beat: beat(LIFE, 2 ** 40 + 1, 7, 'cccccccccccccccc'), ownSequence: 2 },
      { beat: beat(LIFE, 3), ownSequence: 2 },
    ]);
    expect(said).toEqual(['unproven', 'unproven', 'accepted']);
    expect(session(state)).toMatchObject({ window: { newest: 3 } });
  });

  it('takes nothing that a stand-in said before the leap that counted: it changed nothing, and never will', () => {
    const { state, said } = run(opened(), [
      { beat: beat(LIFE, 2 ** 40), ownSequence: 2 },
      { beat: beat(LIFE, 2 ** 40 + 2, 2), ownSequence: 2 },
      { beat: beat(LIFE, 2 ** 40), ownSequence: 2 },
      { beat: beat(LIFE, 2 ** 40 + 3), ownSequence: 2 },
    ]);
    expect(said).toEqual(['unproven', 'accepted', 'duplicate', 'accepted']);
    expect(session(state)).toMatchObject({ window: { newest: 2 ** 40 + 3 } });
  });

  it('gives way to the next life once that is proven, and never comes back', () => {
    const { state, said } = run(opened(), [
      { beat: beat(NEXT_LIFE, 1), ownSequence: 5 },
      { beat: beat(LIFE, 4, 5), ownSequence: 5 },
      { beat: beat(NEXT_LIFE, 2, 6), ownSequence: 6 },
      { beat: beat(LIFE, 5, 6), ownSequence: 7 },
      { beat: beat(LIFE, 6, 8), ownSequence: 8 },
    ]);
    expect(said).toEqual(['unproven', 'accepted', 'opened', 'retired', 'retired']);
    expect(session(state)?.boot).toBe(NEXT_LIFE);
  });

  it('is not ended by a new life that cannot hear us', () => {
    const beats = Array.from({ length: 50 }, (_, index) => ({
      beat: beat(NEXT_LIFE, index + 1),
      ownSequence: 2 + index,
    }));
    const { state, said } = run(opened(), beats);
    expect(new Set(said)).toEqual(new Set(['unproven']));
    expect(session(state)).toEqual(session(opened()));
    expect(bootsToEcho(state, 'right', 1, 5_000)).toEqual([{ boot: LIFE, sequence: 2 }]);
  });

  it('remembers the last 64 lives that ended', () => {
    let state = start();
    const lives = Array.from(
      { length: RETIRED_LIMIT + 10 },
      (_, index) => `c${`${index}`.padStart(15, '0')}`,
    );
    for (const [index, life] of lives.entries()) {
      const own = index * 2 + 1;
      state = run(state, [
        { beat: beat(life, 1), ownSequence: own },
        { beat: beat(life, 2, own + 1), ownSequence: own + 1 },
      ]).state;
    }
    expect(session(state)?.boot).toBe(lives.at(-1));
    const said = lives
      .slice(0, -1)
      .map((life) => run(state, [{ beat: beat(life, 3, 99), ownSequence: 999 }]).said[0]);
    expect(said.slice(-RETIRED_LIMIT)).toEqual(Array(RETIRED_LIMIT).fill('retired'));
    expect(said.slice(0, -RETIRED_LIMIT)).toEqual(Array(9).fill('unproven'));
  });
});

describe('peers', () => {
  it('are those that are named; our own beats and our name are none', () => {
    const strange = { ...beat(LIFE, 1), beat: plainBeat('stranger') };
    const back = { boot: OWN, sequence: 1, beat: plainBeat('left') };
    const { state, said } = run(start(), [
      { beat: strange, ownSequence: 1 },
      { beat: back, ownSequence: 1 },
      { beat: { ...back, boot: LIFE }, ownSequence: 1 },
    ]);
    expect(said).toEqual(['unknown node', 'own beat', 'own name']);
    expect(state).toEqual(start());
  });

  it('keep their sessions over a reload, unless they are no longer named', () => {
    const more = withPeers(opened(), ['right', 'third']);
    expect(session(more)).toEqual(session(opened()));
    expect(session(withPeers(withPeers(more, ['third']), ['right']))).toBeUndefined();
  });
});

describe('whatever arrives', () => {
  it('is held in bounded memory', () => {
    const any = fc.record({
      boot: fc.nat(300).map((number) => number.toString(16).padStart(16, '0')),
      sequence: fc.integer({ min: 1, max: 50 }),
      echo: fc.option(fc.nat(60), { nil: undefined }),
      ownSequence: fc.nat(60),
    });
    fc.assert(
      fc.property(fc.array(any, { minLength: 200, maxLength: 400 }), (list) => {
        const heard = list.map(({ boot, sequence, echo, ownSequence }) => ({
          beat: beat(boot, sequence, echo),
          ownSequence,
        }));
        const peer = run(start(), heard).state.peers.get('right');
        expect(peer?.candidates.length).toBeLessThanOrEqual(64);
        expect(peer?.retired.length).toBeLessThanOrEqual(64);
        expect(peer?.retired).not.toContain(peer?.session?.boot);
      }),
      { numRuns: 50 },
    );
  });
});
