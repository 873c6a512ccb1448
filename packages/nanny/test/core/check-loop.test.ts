import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CheckOutcome, failed, passed } from '../../src/check.js';
import {
  initialLoop,
  type LoopEffect,
  type LoopEvent,
  type LoopPolicy,
  requiredGoodChecks,
  stepLoop,
  type Verdict,
} from '../../src/core/check-loop.js';

const server = '10.0.0.1:80';
const POLICY: LoopPolicy = { intervalMs: 10_000, reentryMs: 30_000, server };
const GOOD = passed('connected');
const BAD = failed('NANNY_CONNECT_TIMED_OUT', { server });

/** A loop on a virtual clock: checks take no time unless they are left running. */
class Rehearsal {
  nowMs = 0;
  readonly effects: LoopEffect[] = [];
  state;

  constructor(
    private readonly policy = POLICY,
    known: Verdict = 'unknown',
  ) {
    this.state = initialLoop(policy, known);
  }

  send(event: LoopEvent): readonly LoopEffect[] {
    const step = stepLoop(this.policy, this.state, event, this.nowMs);
    this.state = step.state;
    this.effects.push(...step.effects);
    return step.effects;
  }

  answer(outcome: CheckOutcome): readonly LoopEffect[] {
    return this.send({ type: 'checked', checkNumber: this.state.checkNumber, outcome, durationMs: 1 });
  }

  /** Waits for the next check and answers it. */
  check(outcome: CheckOutcome): Verdict {
    this.nowMs = this.state.nextCheckMs ?? this.nowMs;
    this.send({ type: 'timer' });
    this.answer(outcome);
    return this.state.verdict;
  }

  logged(): string[] {
    return this.effects.flatMap((effect) => (effect.type === 'log' ? [effect.complaint.event] : []));
  }
}

function begun(known: Verdict = 'unknown', policy = POLICY): Rehearsal {
  const rehearsal = new Rehearsal(policy, known);
  rehearsal.send({ type: 'start' });
  return rehearsal;
}

describe('the weight that a check asks for', () => {
  const asks = (weight: number | 'configured'): CheckOutcome => ({ ...GOOD, weight });
  const told = (loop: Rehearsal) =>
    loop.effects.flatMap((effect) => (effect.type === 'weight' ? [effect.weight] : []));

  it('is told before the result, and again only when it changes', () => {
    const loop = begun();
    expect(loop.answer(asks(7)).map(({ type }) => type)).toEqual([
      ...['weight', 'result', 'log', 'transition', 'wake'],
    ]);
    for (const weight of [7, 7, 'configured', 'configured', 0, 7] as const) loop.check(asks(weight));
    expect(told(loop)).toEqual([7, 'configured', 0, 7]);
  });

  it('is not told by a check that fails or asks for none, and counts on', () => {
    const loop = begun();
    loop.answer(asks(7));
    loop.check({ ...BAD, weight: 3 });
    loop.check(GOOD);
    loop.check(asks(7));
    expect(told(loop)).toEqual([7]);
  });
});

describe('the verdict', () => {
  it('is up at once after the first good check', () => {
    const loop = begun();
    expect(loop.answer(GOOD)).toMatchObject([
      { type: 'result', ok: true, up: true, reason: 'connected' },
      { type: 'log', complaint: { event: 'NANNY_SERVER_UP', fields: { server } } },
      { type: 'transition', up: true },
      { type: 'wake', atMs: 10_000 },
    ]);
  });

  it('is down after one failure, and up again when the re-entry time is served', () => {
    const loop = begun();
    loop.answer(GOOD);
    expect(loop.check(BAD)).toBe('down');
    const failedAtMs = loop.nowMs;
    expect([loop.check(GOOD), loop.check(GOOD), loop.check(GOOD)]).toEqual(['down', 'down', 'up']);
    expect(loop.nowMs - failedAtMs).toBe(POLICY.reentryMs);
  });

  it('starts the re-entry time anew with each failure', () => {
    const loop = begun();
    loop.answer(BAD);
    loop.check(GOOD);
    loop.check(GOOD);
    loop.check(BAD);
    expect([loop.check(GOOD), loop.check(GOOD), loop.check(GOOD)]).toEqual(['down', 'down', 'up']);
  });

  it('needs one good check when the re-entry time is shorter than the interval', () => {
    const loop = begun('unknown', { ...POLICY, reentryMs: 5_000 });
    loop.answer(BAD);
    expect(loop.check(GOOD)).toBe('up');
  });

  it.each([
    [180_000, 10_000, 18],
    [300, 100, 3],
    [29_999, 10_000, 2],
    [0, 10_000, 0],
  ])('re-entry %d ms at interval %d ms takes %d good checks', (reentryMs, intervalMs, count) => {
    expect(requiredGoodChecks({ reentryMs, intervalMs, server })).toBe(count);
  });

  it('of an earlier nanny stays: up says nothing new, down serves the re-entry time', () => {
    const up = begun('up');
    expect(up.answer(GOOD).map(({ type }) => type)).toEqual(['result', 'wake']);
    const down = begun('down');
    down.answer(GOOD);
    expect([down.check(GOOD), down.check(GOOD)]).toEqual(['down', 'up']);
  });

  it('changes exactly where transitions say so', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1 }), (results) => {
        const loop = begun();
        let up: boolean | undefined;
        for (const [index, ok] of results.entries()) {
          const before = loop.effects.length;
          if (index === 0) loop.answer(ok ? GOOD : BAD);
          else loop.check(ok ? GOOD : BAD);
          const told = loop.effects.slice(before).filter((effect) => effect.type === 'transition');
          const now = loop.state.verdict === 'up';
          expect(told.map((effect) => effect.up)).toEqual(now === up ? [] : [now]);
          if (!ok) expect(now).toBe(false);
          up = now;
        }
      }),
    );
  });
});

describe('the time of the next check', () => {
  it('is one interval after the end of the last', () => {
    const loop = begun();
    loop.nowMs = 4_000;
    expect(loop.answer(GOOD).at(-1)).toEqual({ type: 'wake', atMs: 14_000 });
  });

  it.each([
    [300, 19_700],
    [60_000, 15_000],
  ])(
    'makes up for the %d ms by which this one began late, half an interval at most',
    (lateMs, waitUntilMs) => {
      const loop = begun();
      loop.answer(GOOD);
      loop.nowMs = 10_000 + lateMs;
      loop.send({ type: 'timer' });
      expect(loop.answer(GOOD).at(-1)).toEqual({ type: 'wake', atMs: waitUntilMs + lateMs });
      // Only the check that began late is made up for.
      loop.nowMs = waitUntilMs + lateMs;
      loop.send({ type: 'timer' });
      expect(loop.answer(GOOD).at(-1)).toEqual({ type: 'wake', atMs: loop.nowMs + 10_000 });
    },
  );

  it('is not reached by a timer that comes early', () => {
    const loop = begun();
    loop.answer(GOOD);
    loop.nowMs = 9_999;
    expect(loop.send({ type: 'timer' })).toEqual([{ type: 'wake', atMs: 10_000 }]);
    loop.nowMs = 10_000;
    expect(loop.send({ type: 'timer' })).toEqual([{ type: 'check', checkNumber: 2 }]);
  });
});

describe('log lines', () => {
  it('tell an outage once although its reason has an age in it', () => {
    const aged = (reason: string): CheckOutcome => ({ ...BAD, reason, topic: 'too old' });
    const loop = begun();
    loop.answer(aged('written 90 s ago'));
    loop.check(aged('written 100 s ago'));
    expect(loop.logged().filter((event) => event === 'NANNY_CONNECT_TIMED_OUT')).toHaveLength(1);
  });

  it('that could not be made change nothing and are told once', () => {
    const unmade: CheckOutcome = {
      ...failed('NANNY_NO_DESCRIPTORS', { server, error: 'EMFILE' }),
      undecided: true,
    };
    const loop = begun('up', { ...POLICY, retries: 3, fastIntervalMs: 10 });
    expect(loop.answer(unmade).map(({ type }) => type)).toEqual(['log', 'result', 'wake']);
    expect(loop.check(unmade)).toBe('up');
    expect(loop.effects.at(-1)).toEqual({ type: 'wake', atMs: 2 * POLICY.intervalMs });
    expect(loop.logged()).toEqual(['NANNY_NO_DESCRIPTORS']);
    expect(loop.effects.find(({ type }) => type === 'result')).toMatchObject({ ok: false, up: true });
    const down = begun('down');
    down.check(GOOD);
    expect([down.check(unmade), down.check(GOOD), down.check(GOOD)]).toEqual(['down', 'down', 'up']);
    const unknown = begun();
    expect(unknown.answer(unmade).map(({ type }) => type)).toEqual(['log', 'wake']);
    expect(unknown.check(GOOD)).toBe('up');
  });

  it('tell an outage once, and again when its reason changes', () => {
    const loop = begun('up');
    const other = failed('NANNY_READ_TIMED_OUT', { server });
    loop.answer(BAD);
    for (const outcome of [BAD, BAD, other, other]) loop.check(outcome);
    expect(loop.logged()).toEqual(['NANNY_CONNECT_TIMED_OUT', 'NANNY_SERVER_DOWN', 'NANNY_READ_TIMED_OUT']);
  });

  it('do not call a server shut down that never was up', () => {
    const loop = begun();
    loop.answer(BAD);
    expect(loop.logged()).toEqual(['NANNY_CONNECT_TIMED_OUT', 'NANNY_SERVER_DOWN_AT_START']);
  });
});

describe('glasses', () => {
  it('opaque: down at once, the running check is dropped, none follows', () => {
    const loop = begun('up');
    const effects = loop.send({ type: 'glasses', glasses: 'opaque' });
    expect(effects.map(({ type }) => type)).toEqual(['log', 'log', 'transition', 'cancel']);
    expect(loop.answer(GOOD)).toEqual([]);
    expect(loop.send({ type: 'timer' })).toEqual([]);
    expect(loop.state.verdict).toBe('down');
  });

  it('rose-colored: up at once, and checks go on without deciding', () => {
    const loop = begun();
    loop.answer(BAD);
    loop.send({ type: 'glasses', glasses: 'rose-colored' });
    expect(loop.state.verdict).toBe('up');
    expect(loop.check(BAD)).toBe('up');
  });

  it('from opaque to rose-colored checks begin again', () => {
    const loop = begun('up');
    loop.send({ type: 'glasses', glasses: 'opaque' });
    expect(loop.send({ type: 'glasses', glasses: 'rose-colored' }).at(-1)).toMatchObject({ type: 'check' });
  });

  it('off: a check at once decides, with the re-entry time served', () => {
    const loop = begun('up');
    loop.send({ type: 'glasses', glasses: 'opaque' });
    expect(loop.send({ type: 'glasses', glasses: 'none' }).at(-1)).toMatchObject({ type: 'check' });
    loop.answer(GOOD);
    expect(loop.state.verdict).toBe('up');
    expect(loop.logged()).toEqual([
      'NANNY_FORCED_DOWN',
      'NANNY_SERVER_DOWN',
      'NANNY_FORCE_REMOVED',
      'NANNY_SERVER_UP',
    ]);
  });
});

describe('rise and fall', () => {
  const policy: LoopPolicy = { ...POLICY, rise: 2, fall: 3 };

  it('take a server out after as many failures in a row, and back after as many good checks', () => {
    const loop = begun('unknown', policy);
    loop.answer(GOOD);
    expect([BAD, BAD, GOOD, BAD, BAD, BAD].map((outcome) => loop.check(outcome))).toEqual([
      'up',
      'up',
      'up',
      'up',
      'up',
      'down',
    ]);
    expect([GOOD, BAD, GOOD, GOOD].map((outcome) => loop.check(outcome))).toEqual([
      'down',
      'down',
      'down',
      'up',
    ]);
  });

  it('do not keep back the first verdict', () => {
    expect(
      begun('unknown', policy)
        .answer(BAD)
        .map(({ type }) => type),
    ).toContain('transition');
    expect(begun('unknown', policy).answer(GOOD)).toContainEqual(expect.objectContaining({ up: true }));
  });

  it('agree with a count of the last results, whatever they are', () => {
    const settings = fc.record({
      rise: fc.integer({ min: 1, max: 4 }),
      fall: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(settings, fc.array(fc.boolean(), { maxLength: 40 }), ({ rise, fall }, results) => {
        const loop = begun('up', { ...POLICY, rise, fall });
        let up = true;
        const seen: boolean[] = [];
        for (const [index, ok] of results.entries()) {
          if (index === 0) loop.answer(ok ? GOOD : BAD);
          else loop.check(ok ? GOOD : BAD);
          seen.push(ok);
          const last = (count: number, wanted: boolean) =>
            seen.length >= count && seen.slice(-count).every((one) => one === wanted);
          if (up ? last(fall, false) : last(rise, true)) up = !up;
          expect(loop.state.verdict === 'up').toBe(up);
        }
      }),
    );
  });
});

describe('the waits', () => {
  const policy: LoopPolicy = {
    ...POLICY,
    fall: 2,
    rise: 2,
    intervalMs: 10_000,
    fastIntervalMs: 1_000,
    downIntervalMs: 60_000,
  };

  it('are short between two states and long while down', () => {
    const loop = begun('up', policy);
    const waits = [GOOD, BAD, BAD, BAD, GOOD, GOOD].map((outcome, index) => {
      if (index === 0) loop.answer(outcome);
      else loop.check(outcome);
      return (loop.state.nextCheckMs ?? 0) - loop.nowMs;
    });
    expect(waits).toEqual([10_000, 1_000, 60_000, 60_000, 1_000, 10_000]);
  });

  it('make the re-entry time last as long as it says', () => {
    const slow = { ...policy, rise: undefined, fall: 1, reentryMs: 4_000 };
    expect(requiredGoodChecks(slow)).toBe(4);
  });

  it('may put off the first check', () => {
    const loop = new Rehearsal(POLICY);
    expect(loop.send({ type: 'start', delayMs: 700 })).toEqual([{ type: 'wake', atMs: 700 }]);
    loop.nowMs = 700;
    expect(loop.send({ type: 'timer' })).toEqual([{ type: 'check', checkNumber: 1 }]);
  });
});

describe('repetitions', () => {
  const policy: LoopPolicy = { ...POLICY, retries: 2, retryDelayMs: 500 };

  it('tell what a check says once, although its failure is repeated', () => {
    const ends = {
      event: 'NANNY_CERTIFICATE_ENDS',
      fields: { check: 'a', server, until: 'x', days: 3 },
    } as const;
    const rehearsal = begun('up', policy);
    rehearsal.answer({ ...BAD, notices: [ends] });
    expect(rehearsal.logged()).toEqual(['NANNY_CERTIFICATE_ENDS']);
  });

  it('come before a failure counts, without a log line', () => {
    const loop = begun('up', policy);
    loop.answer(BAD);
    expect(loop.nowMs + 500).toBe(loop.state.nextCheckMs);
    expect([loop.check(BAD), loop.check(BAD)]).toEqual(['up', 'down']);
    expect(loop.nowMs).toBe(1_000);
    expect(loop.logged()).toEqual(['NANNY_CONNECT_TIMED_OUT', 'NANNY_SERVER_DOWN']);
  });

  it('begin anew after a good check', () => {
    const loop = begun('up', policy);
    loop.answer(BAD);
    loop.check(GOOD);
    expect([loop.check(BAD), loop.check(BAD), loop.check(BAD)]).toEqual(['up', 'up', 'down']);
  });

  it('tell nothing before the first verdict, and do not hold up one that is down', () => {
    const first = begun('unknown', policy);
    expect(first.answer(BAD).map(({ type }) => type)).toEqual(['wake']);
    const down = begun('down', policy);
    down.answer(BAD);
    expect((down.state.nextCheckMs ?? 0) - down.nowMs).toBe(10_000);
  });
});

describe('the word of an agent', () => {
  it('is not checked faster for it, and soon after it is up again', () => {
    const loop = begun('up', { ...POLICY, fastIntervalMs: 1_000 });
    loop.answer(GOOD);
    loop.send({ type: 'agent', down: 'disk' });
    loop.check(GOOD);
    expect(loop.effects.at(-1)).toEqual({ type: 'wake', atMs: 20_000 });
    expect(loop.send({ type: 'agent', down: undefined })).toEqual([{ type: 'wake', atMs: 11_000 }]);
    expect(loop.check(GOOD)).toBe('up');
  });

  it('takes the server down at once, and gives it back with the next good check', () => {
    const loop = begun('up', { ...POLICY, rise: 2 });
    loop.answer(GOOD);
    expect(loop.send({ type: 'agent', down: 'its agent says so' })).toMatchObject([
      { type: 'log', complaint: { event: 'NANNY_SERVER_DOWN' } },
      { type: 'transition', up: false, reason: 'its agent says so' },
    ]);
    expect([loop.check(GOOD), loop.check(GOOD)]).toEqual(['down', 'down']);
    expect(loop.effects.findLast((effect) => effect.type === 'result')).toMatchObject({
      ok: true,
      up: false,
      reason: 'its agent says so',
    });
    loop.send({ type: 'agent', down: undefined });
    expect(loop.check(GOOD)).toBe('up');
  });

  it('does not bring back a server whose checks fail', () => {
    const loop = begun('up');
    loop.answer(BAD);
    loop.send({ type: 'agent', down: 'it' });
    loop.send({ type: 'agent', down: undefined });
    expect(loop.check(BAD)).toBe('down');
  });
});
