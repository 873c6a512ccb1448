import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootGuest, missingForLab } from '../packages/lab/src/kernel/boot.js';
import { GROUPS } from '../packages/lab/src/scenarios/index.js';

/** Guests at the same time: each is one processor's work. */
const GUESTS = 2;
const GROUP_LIMIT_MS = 15 * 60_000;

const missingFor = GROUPS.map(({ needs }) => missingForLab(needs));

type Verdict = { readonly ok: boolean; readonly problem: string };

/** The run of one group of scenarios in a lab kernel of its own. */
class GroupRun {
  private readonly verdicts = new Map<string, Verdict>();
  private readonly waiting = new Map<string, (verdict: Verdict) => void>();
  private console = '';
  private ended: Verdict | undefined;
  broken = '';

  constructor(readonly name: string) {}

  async run(processor: number): Promise<void> {
    try {
      await bootGuest({
        group: this.name,
        processor,
        limitMs: GROUP_LIMIT_MS,
        onLine: (line) => {
          this.console = `${this.console}${line}\n`.slice(-4_000);
        },
        onMessage: (message) => {
          if (message.type === 'broken') this.broken += `${message.problem}\n`;
          if (message.type !== 'result') return;
          this.tell(message.title, { ok: message.ok, problem: message.problem ?? '' });
        },
      });
    } catch (error) {
      this.broken += String(error);
    }
    this.ended = { ok: false, problem: `it was never run: ${this.broken}\n${this.console}` };
    for (const title of [...this.waiting.keys()]) this.tell(title, this.ended);
  }

  /** Resolves when the scenario has run, or the guest has ended. */
  verdict(title: string): Promise<Verdict> {
    const known = this.verdicts.get(title) ?? this.ended;
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => this.waiting.set(title, resolve));
  }

  private tell(title: string, verdict: Verdict): void {
    this.verdicts.set(title, verdict);
    this.waiting.get(title)?.(verdict);
    this.waiting.delete(title);
  }
}

const runs = GROUPS.map(({ name }) => new GroupRun(name));
let all: Promise<unknown> = Promise.resolve();

beforeAll(() => {
  const queue = runs.filter((_, index) => missingFor[index]?.length === 0);
  const work = async (_: unknown, processor: number): Promise<void> => {
    for (let run = queue.shift(); run !== undefined; run = queue.shift()) await run.run(processor);
  };
  all = Promise.all(Array.from({ length: GUESTS }, work));
});

afterAll(() => all, GROUP_LIMIT_MS);

for (const [index, group] of GROUPS.entries()) {
  const missing = missingFor[index] ?? [];
  const why = missing.length > 0 ? `: needs ${missing.join(', ')}` : '';
  describe.skipIf(missing.length > 0)(`lab, ${group.title}${why}`, () => {
    const run = runs[index] as GroupRun;

    for (const title of Object.keys(group.scenarios)) {
      it(title, { timeout: 2 * GROUP_LIMIT_MS }, async () => {
        const { ok, problem } = await run.verdict(title);
        expect(ok, problem).toBe(true);
      });
    }

    it('leaves nothing behind', { timeout: 2 * GROUP_LIMIT_MS }, async () => {
      await run.verdict('the end');
      expect(run.broken).toBe('');
    });
  });
}
