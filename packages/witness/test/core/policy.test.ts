import { describe, expect, it } from 'vitest';
import { isPartnerLate, mayTake, mustLetGo, type PolicySettings } from '../../src/core/policy.js';
import { answeringText, freshProof, lastProofMs, type WitnessView } from '../../src/core/views.js';

const SETTINGS: PolicySettings = {
  policy: 'require',
  quorum: 1,
  intervalMs: 200,
  holdLimitMs: 900,
  marginMs: 100,
  takeAfterMs: 2_000,
};
const HEARD = { lastHeardMs: 10_000, isOff: false };

function reachable(sentMs: number, runSinceMs = 0): WitnessView {
  return {
    reach: 'reachable',
    proof: { sentMs, answeredMs: sentMs + 1 },
    runSinceMs,
    question: undefined,
  };
}
const unreachable: WitnessView = {
  reach: 'unreachable',
  proof: { sentMs: 9_000, answeredMs: 9_001 },
  runSinceMs: undefined,
  question: undefined,
};

describe('may it take over', () => {
  it('without witnesses: as ever', () => {
    expect(mayTake(SETTINGS, [], HEARD, 12_000)).toMatchObject({ verdict: 'yes', isBlind: false });
  });

  it('wants an answer to a question that was sent after the partner was heard', () => {
    expect(mayTake(SETTINGS, [reachable(11_601)], HEARD, 12_000).verdict).toBe('yes');
    const soon = { ...SETTINGS, takeAfterMs: 100 };
    expect(mayTake(soon, [reachable(10_001)], HEARD, 10_100).verdict).toBe('yes');
    expect(mayTake(soon, [reachable(10_000)], HEARD, 10_100)).toMatchObject({
      verdict: 'wait',
      untilMs: 10_300,
    });
  });

  it('wants one that is no older than two questions', () => {
    expect(mayTake(SETTINGS, [reachable(11_600)], HEARD, 12_000)).toMatchObject({
      verdict: 'wait',
      untilMs: 12_200,
    });
  });

  it('waits for the question that is out', () => {
    const asked = { ...reachable(9_900), question: { sentMs: 11_990, untilMs: 12_150 } };
    expect(mayTake(SETTINGS, [asked], HEARD, 12_000)).toEqual({
      verdict: 'wait',
      untilMs: 12_150,
      reason: 'the witness answers, 1 needed: waiting for an answer',
    });
  });

  it('says no where too many witnesses are gone', () => {
    expect(mayTake(SETTINGS, [unreachable], HEARD, 12_000)).toEqual({
      verdict: 'no',
      reason: 'the witness does not answer, 1 needed: no witness, no takeover',
    });
    const two = { ...SETTINGS, quorum: 2 };
    const views = [reachable(11_900), unreachable, unreachable];
    expect(mayTake(two, views, HEARD, 12_000).verdict).toBe('no');
    expect(
      mayTake(two, [...views.slice(1), reachable(11_950), reachable(11_900)], HEARD, 12_000).verdict,
    ).toBe('yes');
  });

  it('waits out what a holder that is cut off may do', () => {
    const slow = { ...SETTINGS, holdLimitMs: 4_000, takeAfterMs: 5_100 };
    expect(mayTake(slow, [reachable(11_900)], HEARD, 12_000)).toMatchObject({
      verdict: 'wait',
      untilMs: 15_100,
    });
    expect(mayTake(slow, [reachable(15_000)], HEARD, 15_100).verdict).toBe('yes');
  });

  it('lets a witness that has just come back answer for a while', () => {
    const back = reachable(12_500, 11_800);
    expect(mayTake(SETTINGS, [back], HEARD, 12_600)).toMatchObject({ verdict: 'wait', untilMs: 12_800 });
    expect(mayTake(SETTINGS, [back], HEARD, 12_800).verdict).toBe('yes');
    expect(mayTake(SETTINGS, [back, reachable(12_500, 9_000)], HEARD, 12_600).verdict).toBe('yes');
  });

  it('needs no witness where the partner is off for certain', () => {
    expect(mayTake(SETTINGS, [unreachable], { ...HEARD, isOff: true }, 12_000).verdict).toBe('yes');
  });

  it('under advise always, and says when it is blind', () => {
    const advise = { ...SETTINGS, policy: 'advise' as const };
    expect(mayTake(advise, [unreachable], HEARD, 11_000)).toEqual({
      verdict: 'yes',
      isBlind: true,
      reason: 'the witness does not answer, 1 needed: witness_policy = advise takes over all the same',
    });
    expect(mayTake(advise, [reachable(10_500)], HEARD, 11_000)).toMatchObject({
      verdict: 'yes',
      isBlind: false,
    });
  });
});

describe('must it let go', () => {
  const ask = (views: readonly WitnessView[], nowMs: number, changes: Partial<PolicySettings> = {}) =>
    mustLetGo({ ...SETTINGS, ...changes }, views, HEARD, 0, nowMs);

  it('when neither the partner nor a witness was heard for the limit', () => {
    expect(ask([unreachable], 10_899)).toMatchObject({ verdict: 'wait', untilMs: 10_900 });
    expect(ask([unreachable], 10_900)).toMatchObject({ verdict: 'yes', isBlind: false });
  });

  it('not while a quorum answers, counted from the sending of the question', () => {
    expect(ask([reachable(11_000)], 11_899)).toMatchObject({ verdict: 'wait', untilMs: 11_900 });
    expect(ask([reachable(11_000)], 11_900).verdict).toBe('yes');
    expect(ask([reachable(11_500), unreachable], 11_900, { quorum: 2 }).verdict).toBe('yes');
  });

  it('counts from the moment that it could hear at all', () => {
    expect(mustLetGo(SETTINGS, [unreachable], HEARD, 20_000, 20_899)).toMatchObject({ untilMs: 20_900 });
  });

  it('never under advise, without witnesses, or with a partner that is off', () => {
    expect(ask([unreachable], 99_000, { policy: 'advise' }).verdict).toBe('no');
    expect(ask([], 99_000).verdict).toBe('no');
    expect(mustLetGo(SETTINGS, [unreachable], { ...HEARD, isOff: true }, 0, 99_000).verdict).toBe('no');
  });
});

describe('what the witnesses say together', () => {
  it('counts from the newest', () => {
    const views = [reachable(300), reachable(100), reachable(200)];
    expect([1, 2, 3, 4].map((quorum) => lastProofMs(views, quorum))).toEqual([300, 200, 100, undefined]);
    expect(freshProof(views, 2, 199)).toBe(true);
    expect(freshProof(views, 2, 200)).toBe(false);
    expect(answeringText([...views, unreachable])).toBe('3 of 4 witnesses answer');
  });

  it('does not count the old answers of one that is lost', () => {
    expect(freshProof([unreachable], 1, 0)).toBe(false);
  });
});

describe('a partner', () => {
  it('is late when a beat is missing', () => {
    expect(isPartnerLate(1_000, HEARD, 11_500)).toBe(false);
    expect(isPartnerLate(1_000, HEARD, 11_501)).toBe(true);
  });
});
