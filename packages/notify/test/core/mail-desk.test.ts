import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  IDLE_MAIL,
  type MailEffect,
  type MailEvent,
  type MailPolicy,
  type MailState,
  nextMailTickMs,
  stepMail,
  unsentCount,
} from '../../src/core/mail-desk.js';

const POLICY: MailPolicy = {
  mailsPerMinute: 3,
  mostItems: 5,
  gatherMs: 1_000,
  firstRetryMs: 5_000,
  longestRetryMs: 60_000,
  giveUpMs: 600_000,
};

/** A mail desk on a virtual clock with a server that works or fails. */
class Bench {
  state: MailState = IDLE_MAIL;
  nowMs = 1_000_000;
  works = true;
  answers = true;
  readonly mails: {
    readonly atMs: number;
    readonly subjects: readonly string[];
    readonly unlisted: number;
  }[] = [];
  readonly told: string[] = [];
  attempts: number[] = [];

  feed(event: MailEvent): void {
    const { state, effects } = stepMail(POLICY, this.state, event, this.nowMs);
    this.state = state;
    for (const effect of effects) this.carryOut(effect);
  }

  happen(subject: string): void {
    this.feed({ type: 'happened', item: { atMs: this.nowMs, line: subject, subject } });
  }

  /** Lets time pass, with every tick that the desk asks for. */
  pass(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    for (;;) {
      const dueMs = nextMailTickMs(POLICY, this.state);
      if (dueMs > endMs) break;
      this.nowMs = Math.max(this.nowMs, dueMs);
      this.feed({ type: 'tick' });
    }
    this.nowMs = endMs;
  }

  private carryOut(effect: MailEffect): void {
    if (effect.type === 'tellFailing') this.told.push(`failing: ${effect.problem}`);
    else if (effect.type === 'tellWorking') this.told.push('works');
    else if (effect.type === 'tellLost') this.told.push(`lost ${effect.count}`);
    else {
      this.attempts.push(this.nowMs);
      if (!this.answers) return;
      if (this.works) {
        const subjects = effect.batch.items.map(({ subject }) => subject);
        this.mails.push({ atMs: this.nowMs, subjects, unlisted: effect.batch.unlisted });
      }
      this.feed(this.works ? { type: 'sent' } : { type: 'failed', problem: 'refused' });
    }
  }
}

describe('the mail desk', () => {
  it('sends what happens at the same moment in one mail', () => {
    const bench = new Bench();
    bench.happen('a');
    bench.pass(300);
    bench.happen('b');
    bench.pass(10_000);
    expect(bench.mails).toEqual([{ atMs: 1_001_000, subjects: ['a', 'b'], unlisted: 0 }]);
  });

  it('sends no more than its limit a minute, and sums up the rest', () => {
    const bench = new Bench();
    for (let index = 0; index < 4_000; index += 1) {
      bench.happen(`flap ${index}`);
      bench.pass(250);
    }
    bench.pass(120_000);
    for (const { atMs } of bench.mails) {
      const within = bench.mails.filter((mail) => mail.atMs > atMs - 60_000 && mail.atMs <= atMs);
      expect(within.length).toBeLessThanOrEqual(3);
    }
    const listed = bench.mails.flatMap(({ subjects }) => subjects).length;
    const counted = bench.mails.reduce((sum, { unlisted }) => sum + unlisted, 0);
    expect(listed + counted).toBe(4_000);
    expect(bench.mails.at(-1)?.subjects.at(-1)).toBe('flap 3999');
    expect(unsentCount(bench.state)).toBe(0);
  });

  it('tries again later and later, tells once that it fails and once that it works', () => {
    const bench = new Bench();
    bench.works = false;
    bench.happen('a');
    bench.pass(100_000);
    const gaps = bench.attempts.slice(1).map((atMs, index) => atMs - (bench.attempts[index] ?? 0));
    expect(gaps).toEqual([5_000, 10_000, 45_000]);
    bench.works = true;
    bench.happen('b');
    bench.pass(100_000);
    expect(bench.mails.map(({ subjects }) => subjects)).toEqual([['a', 'b']]);
    expect(bench.told).toEqual(['failing: refused', 'works']);
  });

  it('is not hurried by what happens while the server fails', () => {
    const bench = new Bench();
    bench.works = false;
    for (let index = 0; index < 600; index += 1) {
      bench.happen(`x ${index}`);
      bench.pass(100);
    }
    expect(bench.attempts.length).toBeLessThanOrEqual(4);
  });

  it('gives up what is too old, counts it, and stays small meanwhile', () => {
    const bench = new Bench();
    bench.works = false;
    for (let index = 0; index < 50; index += 1) bench.happen(`old ${index}`);
    expect(bench.state.waiting.items).toHaveLength(5);
    bench.pass(800_000);
    expect(bench.told).toEqual(['failing: refused', 'lost 50']);
    expect(unsentCount(bench.state)).toBe(0);
    expect(nextMailTickMs(POLICY, bench.state)).toBe(Infinity);
    bench.works = true;
    bench.happen('new');
    bench.pass(100_000);
    expect(bench.mails.map(({ subjects }) => subjects)).toEqual([['new']]);
    expect(bench.told.at(-1)).toBe('works');
  });

  it('begins no second mail while one is under way', () => {
    const bench = new Bench();
    bench.answers = false;
    bench.happen('a');
    bench.pass(2_000);
    bench.happen('b');
    bench.pass(200_000);
    expect(bench.attempts).toHaveLength(1);
    bench.answers = true;
    bench.feed({ type: 'sent' });
    bench.pass(2_000);
    expect(bench.mails.map(({ subjects }) => subjects)).toEqual([['b']]);
  });

  it('gathers no longer at a stop, and does not hurry a server that fails', () => {
    const bench = new Bench();
    bench.happen('a');
    bench.feed({ type: 'flush' });
    expect(bench.mails).toHaveLength(1);
    bench.works = false;
    bench.happen('b');
    bench.pass(1_000);
    const { length } = bench.attempts;
    bench.feed({ type: 'flush' });
    expect(bench.attempts).toHaveLength(length);
  });

  it('loses none, whatever happens, and holds no more than it may', () => {
    const move = fc.oneof(
      fc.constant('happen' as const),
      fc.constant('break' as const),
      fc.constant('mend' as const),
      fc.integer({ min: 1, max: 90_000 }),
    );
    fc.assert(
      fc.property(fc.array(move, { maxLength: 150 }), (moves) => {
        const bench = new Bench();
        let happened = 0;
        for (const next of moves) {
          if (next === 'happen') {
            happened += 1;
            bench.happen(`${happened}`);
          } else if (next === 'break') bench.works = false;
          else if (next === 'mend') bench.works = true;
          else bench.pass(next);
          expect(bench.state.waiting.items.length).toBeLessThanOrEqual(POLICY.mostItems);
        }
        const sent = bench.mails.reduce((sum, mail) => sum + mail.subjects.length + mail.unlisted, 0);
        const lost = bench.told
          .filter((text) => text.startsWith('lost '))
          .reduce((sum, text) => sum + Number(text.slice(5)), 0);
        expect(sent + lost + unsentCount(bench.state)).toBe(happened);
      }),
    );
  });
});
