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
