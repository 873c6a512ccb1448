import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, LineSplitter } from '../../src/index.js';

describe('control frames', () => {
  it('survive any cutting of the stream', () => {
    const frames = fc.array(fc.record({ id: fc.nat(), method: fc.string(), params: fc.jsonValue() }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (list, sizes) => {
        const stream = Buffer.from(list.map((frame) => encodeFrame(frame)).join(''));
        const splitter = new LineSplitter();
        const lines: string[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          lines.push(...splitter.push(stream.subarray(at, at + size)));
          at += size;
        }
        expect(lines.map((line) => decodeFrame(line))).toEqual(
          list.map((frame) => JSON.parse(JSON.stringify({ v: 1, ...frame }))),
        );
      }),
    );
  });

  it('are refused beyond the size limit, before they are held', () => {
    const splitter = new LineSplitter(10);
    splitter.push(Buffer.from('12345'));
    expect(() => splitter.push(Buffer.from('678901'))).toThrow('over 10 bytes');
  });

  it.each([
    '',
    '[]',
    'null',
    '{"v":2}',
    '{}',
    '{"v":1,"id":1.5}',
    '{"v":1,"method":7}',
    '{"v":1,"error":"no"}',
  ])('of the wrong shape are refused: %s', (line) =>
    expect(() => decodeFrame(line)).toThrow(/control frame/),
  );

  it('of any bytes either decode or are refused by a UserError', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        try {
          expect(decodeFrame(line).v).toBe(1);
        } catch (error) {
          expect(error).toMatchObject({ code: 'CONTROL_BAD_FRAME' });
        }
      }),
    );
  });
});
