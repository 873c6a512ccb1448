import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProbeGate } from '../../src/core/probe-gate.js';

const POLICY = { probesPerSecond: 100, burst: 5, concurrency: 8 };

/** True: it begins. False: it waits. */
function request<Probe>(gate: ProbeGate<Probe>, probe: Probe, nowMs: number, weight = 1): boolean {
  if (gate.pass(nowMs, weight)) return true;
  gate.wait(probe, weight);
  return false;
}

describe('ProbeGate', () => {
  it('lets a burst begin at once, the rest at its rate, in order', () => {
    const gate = new ProbeGate<number>(POLICY, 0);
    const begun = Array.from({ length: 8 }, (_, probe) => request(gate, probe, 0));
    expect(begun).toEqual([true, true, true, true, true, false, false, false]);
    expect(gate.admit(0)).toEqual([]);
    expect(gate.nextAdmitMs()).toBe(10);
    expect(gate.admit(10)).toEqual([5]);
    expect(gate.admit(30)).toEqual([6, 7]);
    expect(gate.waiting).toBe(0);
  });

  it('waits for one to finish where too many are under way', () => {
    const gate = new ProbeGate<string>({ ...POLICY, concurrency: 1 }, 0);
    expect(request(gate, 'one', 0)).toBe(true);
    expect(request(gate, 'two', 0)).toBe(false);
    expect(request(gate, 'three', 0)).toBe(false);
    gate.cancel('two');
    expect(gate.nextAdmitMs()).toBeUndefined();
    expect(gate.admit(1_000)).toEqual([]);
    gate.finished();
    expect(gate.admit(1_000)).toEqual(['three']);
  });

  it('lets no more weight begin than may be under way, and the heaviest alone', () => {
    const gate = new ProbeGate<string>(POLICY, 0);
    expect(request(gate, 'six', 0, 6)).toBe(true);
    expect(request(gate, 'three', 0, 3)).toBe(false);
    // In the order in which they asked: else the heavy ones would wait for ever.
    expect(request(gate, 'one', 0, 1)).toBe(false);
    expect([gate.admit(1_000), gate.nextAdmitMs()]).toEqual([[], undefined]);
    gate.finished(6);
    expect(gate.admit(1_000)).toEqual(['three', 'one']);
    expect(gate.running).toBe(2);
    expect(request(gate, 'twenty', 1_000, 20)).toBe(false);
    gate.finished(3);
    expect(gate.admit(1_000)).toEqual([]);
    gate.finished(1);
    expect(gate.admit(1_000)).toEqual(['twenty']);
    expect(request(gate, 'next', 1_000)).toBe(false);
    gate.finished(20);
    expect(gate.admit(1_000)).toEqual(['next']);
  });

  it('never exceeds its budget or its limit, loses none and keeps the order', () => {
    const steps = fc.array(fc.record({ waitMs: fc.nat(50), asks: fc.nat(6), ends: fc.nat(4) }), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(steps, (acts) => {
        const gate = new ProbeGate<number>(POLICY, 0);
        let nowMs = 0;
        let asked = 0;
        const begun: number[] = [];
        for (const { waitMs, asks, ends } of acts) {
          nowMs += waitMs;
          for (let end = 0; end < ends && gate.running > 0; end++) gate.finished();
          begun.push(...gate.admit(nowMs));
          for (let ask = 0; ask < asks; ask++) {
            if (request(gate, asked, nowMs)) begun.push(asked);
            asked += 1;
          }
          expect(gate.running).toBeLessThanOrEqual(POLICY.concurrency);
          expect(begun.length).toBeLessThanOrEqual(
            POLICY.burst + (nowMs * POLICY.probesPerSecond) / 1_000 + 1e-3,
          );
          expect(begun.length + gate.waiting).toBe(asked);
          expect(begun).toEqual(begun.map((_, index) => index));
        }
      }),
    );
  });

  it('under another policy lets at most the sum of what each allowed begin', () => {
    const phase = fc.record({
      rate: fc.integer({ min: 1, max: 1_000 }),
      burst: fc.integer({ min: 1, max: 50 }),
      steps: fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 10 }),
    });
    fc.assert(
      fc.property(fc.array(phase, { minLength: 1, maxLength: 6 }), (phases) => {
        const policyOf = ({ rate, burst }: (typeof phases)[number]) => ({
          probesPerSecond: rate,
          burst,
          concurrency: Number.MAX_SAFE_INTEGER,
        });
        const [first] = phases;
        if (!first) return;
        const gate = new ProbeGate<number>(policyOf(first), 0);
        for (let probe = 0; probe < 1_000; probe++) gate.wait(probe);
        let nowMs = 0;
        let begun = 0;
        let allowed = first.burst;
        for (const one of phases) {
          gate.change(policyOf(one), nowMs);
          for (const waitMs of one.steps) {
            nowMs += waitMs;
            allowed += (waitMs * one.rate) / 1_000;
            begun += gate.admit(nowMs).length;
            expect(begun).toBeLessThanOrEqual(allowed + 1e-3);
          }
        }
      }),
    );
  });

  it('says when to come back: then one begins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9_999 }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        (rate, nowMs) => {
          const gate = new ProbeGate<number>({ probesPerSecond: rate, burst: 1, concurrency: 9 }, nowMs);
          request(gate, 0, nowMs);
          request(gate, 1, nowMs);
          expect(gate.admit(gate.nextAdmitMs() ?? 0)).toEqual([1]);
        },
      ),
    );
  });
});
