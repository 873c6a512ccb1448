import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerJudge, compileExpectation } from '../../src/core/expect.js';

function judge(text: string, useRegex = false): AnswerJudge {
  const compiled = compileExpectation(text, useRegex);
  if (!compiled.ok) throw new Error(compiled.error);
  return new AnswerJudge(compiled.expectation);
}

describe('a plain expect string', () => {
  it('is a prefix of the answer, not a part of it', () => {
    expect(judge('OK').push(Buffer.from('OK then'))).toBe('match');
    expect(judge('OK').push(Buffer.from('not OK'))).toBe('mismatch');
  });

  it('waits for more while the answer is too short', () => {
    const answer = judge('HTTP');
    expect(answer.push(Buffer.from('HT'))).toBe('more');
    expect(answer.shortfall()).toBe('too short');
    expect(answer.push(Buffer.from('TP'))).toBe('match');
  });

  it('gives the same verdict however the answer is cut', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 });
    fc.assert(
      fc.property(letters, letters, fc.nat(6), (wanted, sent, cut) => {
        fc.pre(wanted !== '' && sent !== '');
        const pieces = judge(wanted);
        pieces.push(Buffer.from(sent.slice(0, cut)));
        expect(pieces.push(Buffer.from(sent.slice(cut)))).toBe(judge(wanted).push(Buffer.from(sent)));
      }),
    );
  });

  it('is any one byte when it is *, but nothing is not enough', () => {
    expect(judge('*').push(Buffer.from(''))).toBe('more');
    expect(judge('*').push(Buffer.from('x'))).toBe('match');
  });

  it('is compared as UTF-8', () => {
    expect(judge('é').push(Buffer.from('é!'))).toBe('match');
  });
});

describe('a regular expression', () => {
  it('is looked for in all that came', () => {
    const answer = judge('2[0-9]+ OK', true);
    expect(answer.push(Buffer.from('HTTP/1.1 20'))).toBe('more');
    expect(answer.shortfall()).toBe('unexpected');
    expect(answer.push(Buffer.from('0 OK'))).toBe('match');
  });

  it('that does not compile says why', () => {
    expect(compileExpectation('(', true)).toMatchObject({ ok: false });
  });

  it('is looked for in 64 KiB, and in less when it is large', () => {
    const block = Buffer.alloc(128 * 1024, 'x');
    const small = judge('Q', true);
    expect(small.push(block)).toBe('more');
    expect([small.full, small.receivedBytes]).toEqual([true, 64 * 1024]);
    expect(small.push(Buffer.from('Q'))).toBe('more');
    const large = judge('(x{0,250}){3}Q', true);
    expect(large.push(block)).toBe('more');
    expect(large.receivedBytes).toBeLessThan(16 * 1024);
  });
});
