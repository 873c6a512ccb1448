import { describe, expect, it } from 'vitest';
import { READING_SCHEMA, RESULT_SCHEMA, readNannyLine } from '../../src/core/nanny-messages.js';

const LINE = { id: 'a', event: 'NANNY_SERVER_UP', fields: { server: '10.0.0.11:80' } };

describe('readNannyLine', () => {
  it('takes a line of the catalogue', () => {
    expect(readNannyLine(LINE)).toEqual(LINE);
  });

  it.each([
    ['no object', 7],
    ['an unknown event', { ...LINE, event: 'NANNY_NO_SUCH' }],
    ['an inherited name', { ...LINE, event: 'constructor' }],
    ["another daemon's event", { id: 'a', event: 'LVSD_RELOAD', fields: {} }],
    ['a phrase without its field', { ...LINE, fields: {} }],
    ['a field that is no word', { ...LINE, fields: { server: { a: 1 } } }],
    ['a field that is too long', { ...LINE, fields: { server: 'x'.repeat(5_000) } }],
    [
      'too many fields',
      { ...LINE, fields: Object.fromEntries([...'x'.repeat(40)].map((_, at) => [`f${at}`, 1])) },
    ],
  ])('refuses %s', (_, data) => {
    expect(readNannyLine(data)).toBeUndefined();
  });
});

describe('READING_SCHEMA', () => {
  const read = (weight: unknown) =>
    READING_SCHEMA.safeParse({ id: 'a', reading: { kind: 'check', weight } }).success;

  it('takes the weights that an exit status can ask for, and no others', () => {
    expect([0, 253, 'configured'].map(read)).toEqual([true, true, true]);
    expect([-1, 254, 1.5, '7', undefined].map(read)).toEqual([false, false, false, false, false]);
  });
});

describe('RESULT_SCHEMA', () => {
  it('shortens a reason without end', () => {
    const result = { id: 'a', ok: true, up: true, durationMs: 1, reason: 'x'.repeat(100_000) };
    expect(RESULT_SCHEMA.parse(result).reason).toHaveLength(1_000);
  });
});
