import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serialNumberOf, withRaisedSerial, withSerialNumber } from '../../src/index.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('serial_no of a file', () => {
  it.each([
    ['serial_no = 7\nprimary = 192.0.2.1\n', 7],
    ['primary = 192.0.2.1\n', 0],
    ['serial_no = 1\nserial_no = 20261122\n', 20_261_122],
    ['serial_no = many\n', 0],
    ['serial_no = 3\nnonsense { {\n', 3],
    ['virtual a {\n serial_no = 9\n}\n', 0],
  ])('of %j is %i', (text, serial) => expect(serialNumberOf(bytesOf(text))).toBe(serial));

  it('is changed in its line alone, comments and line ends kept', () => {
    const text = '# the pair\r\nserial_no = 7   # ours\r\nprimary = 192.0.2.1\r\n';
    expect(textOf(withSerialNumber(bytesOf(text), 8))).toBe(text.replace('= 7', '= 8'));
    expect(textOf(withSerialNumber(bytesOf('primary = 192.0.2.1\n'), 1))).toBe(
      'primary = 192.0.2.1\nserial_no = 1\n',
    );
  });

  it.each([
    ['serial_no = 7   # ours\nprimary = 192.0.2.1\n', 'serial_no = 8   # ours\nprimary = 192.0.2.1\n'],
    ['serial_no = -1\n', 'serial_no = 0\n'],
    ['primary = 192.0.2.1\n', 'primary = 192.0.2.1\nserial_no = 1\n'],
    // What nobody can count on from is the operator's.
    ['serial_no = many\n', 'serial_no = many\n'],
    [`serial_no = ${Number.MAX_SAFE_INTEGER}\n`, `serial_no = ${Number.MAX_SAFE_INTEGER}\n`],
  ])('is raised in %j', (text, raised) => expect(textOf(withRaisedSerial(bytesOf(text)))).toBe(raised));

  it('is what was set, whatever the file was', () => {
    const file = fc.array(fc.constantFrom('a = 1', 'serial_no = 5', 'virtual x {', '}', '# c', '', '\xff'));
    fc.assert(
      fc.property(file, fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (lines, serial) => {
        const bytes = Buffer.from(lines.join('\n'), 'latin1');
        expect(serialNumberOf(withSerialNumber(bytes, serial))).toBe(serial);
      }),
    );
  });
});
