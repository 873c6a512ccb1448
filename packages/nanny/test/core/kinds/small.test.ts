import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datagramProblem, readHex, readHexPattern } from '../../../src/core/kinds/datagram-reply.js';
import { fileProblem, lastingProblem } from '../../../src/core/kinds/file-state.js';
import { readDynamicExit } from '../../../src/core/kinds/program-exit.js';

describe('datagrams', () => {
  it('reads hexadecimal, and refuses what is none', () => {
    expect(readHex('00 fF 1a')).toEqual(Buffer.from([0, 255, 26]));
    for (const text of ['0', '0g', '0x00']) expect(readHex(text)).toBeUndefined();
    expect(readHexPattern('1x Xf')).toEqual([1, -1, -1, 15]);
    expect(readHexPattern('xxx')).toBeUndefined();
  });

  it('a pattern of the bytes themselves fits, with any half blanked', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 60 }),
        fc.infiniteStream(fc.boolean()),
        (bytes, blanks) => {
          const blank = () => blanks.next().value;
          const text = [...Buffer.from(bytes).toString('hex')]
            .map((digit) => (blank() ? 'x' : digit))
            .join('');
          const halves = readHexPattern(text) ?? [];
          expect(
            datagramProblem({ halves, minimumBytes: 0, maximumBytes: 255 }, Buffer.from(bytes)),
          ).toBeUndefined();
        },
      ),
    );
  });

  it.each([
    ['0102', 0, 255, '0103', 'the reply begins with 0103'],
    ['0102', 0, 255, '01', 'the reply of 1 bytes is too short'],
    ['', 3, 255, '0102', 'the reply has 2 bytes'],
    ['', 0, 1, '0102', 'the reply has 2 bytes'],
    ['', 0, 255, '', undefined],
  ])('%s (%d to %d) against %s: %s', (pattern, minimumBytes, maximumBytes, reply, expected) => {
    const halves = readHexPattern(pattern) ?? [];
    expect(datagramProblem({ halves, minimumBytes, maximumBytes }, Buffer.from(reply, 'hex'))).toBe(expected);
  });
});

describe('exit statuses with weights', () => {
  it.each([
    [0, { ok: true, weight: undefined }],
    [1, { ok: false }],
    [2, { ok: true, weight: 0 }],
    [12, { ok: true, weight: 10 }],
    [255, { ok: true, weight: 253 }],
  ])('%d', (status, expected) => {
    expect(readDynamicExit(status)).toEqual(expected);
  });
});

describe('files', () => {
  const rule = { mustExist: true, content: undefined, maximumAgeSeconds: undefined };
  const state = { ageSeconds: 90.7, text: 'state: ready\n' };
  it.each([
    ['exists', rule, state, undefined],
    ['does not exist', rule, undefined, 'it does not exist'],
    ['holds the text', { ...rule, content: 'ready' }, state, undefined],
    ['holds another', { ...rule, content: 'down' }, state, 'it does not hold the text'],
    ['is new enough', { ...rule, maximumAgeSeconds: 91 }, state, undefined],
    ['is too old', { ...rule, maximumAgeSeconds: 90 }, state, 'it was written 90 s ago'],
    ['must not exist and does', { ...rule, mustExist: false }, state, 'it exists'],
    ['must not exist', { ...rule, mustExist: false }, undefined, undefined],
  ])('%s', (_, wanted, found, expected) => {
    expect(fileProblem(wanted, found)).toBe(expected);
  });

  it('that is too old stays the same problem while it grows older', () => {
    const told = (ageSeconds: number) =>
      lastingProblem(fileProblem({ ...rule, maximumAgeSeconds: 1 }, { ...state, ageSeconds }) ?? '');
    expect(told(90)).toBe(told(91));
    expect(lastingProblem('it exists')).toBe('it exists');
  });
});
