import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatEventLine, oneLine, renderEvent } from '../../src/catalogue.js';
import { consoleLine, fileLine, jsonLine, syslogLine } from '../../src/core/lines.js';

const TEMPLATE = { ident: 'nanny', level: 'warning', text: 'CONNECT to {server} timed out' } as const;

function record(fields: Record<string, string | number>) {
  return renderEvent('NANNY_CONNECT_TIMEOUT', TEMPLATE, fields);
}

describe('a log event', () => {
  it('is the phrase first, then its id and the details', () => {
    const line = formatEventLine(record({ server: '10.0.0.11:80', afterMs: 1000, why: 'no answer' }));
    expect(line).toBe(
      'CONNECT to 10.0.0.11:80 timed out [NANNY_CONNECT_TIMEOUT] afterMs=1000 why="no answer"',
    );
  });

  it('without a field of its phrase is a programmer error', () => {
    expect(() => record({})).toThrow('needs the field server');
  });

  it('cannot be forged: whatever a field holds, it stays one printable line', () => {
    const hostile = fc.oneof(
      fc.string(),
      fc.constantFrom('a\nb: fake', '\u001b[2J', '\u2028', '\r', '\u0000', '\u009b'),
    );
    fc.assert(
      fc.property(hostile, hostile, (server, other) => {
        const line = formatEventLine(record({ server, other }));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      }),
    );
  });

  it('keeps a long text short', () => {
    expect(oneLine('x'.repeat(10_000)).length).toBeLessThan(2_100);
  });
});

describe('the forms of a line', () => {
  const atMs = new Date(2026, 10, 5, 7, 8, 9).getTime();
  const entry = { record: record({ server: 's', level: 'mine' }), pid: 42, atMs };

  it('on the console: ident and text', () => {
    expect(consoleLine(entry)).toBe('nanny: CONNECT to s timed out [NANNY_CONNECT_TIMEOUT] level=mine');
  });

  it('in a file: time, ident and pid', () => {
    const time = new Date(atMs).toISOString();
    expect(fileLine(entry)).toBe(
      `${time} nanny[42]: CONNECT to s timed out [NANNY_CONNECT_TIMEOUT] level=mine`,
    );
  });

  it('to syslog: facility daemon, severity, local time', () => {
    expect(syslogLine(entry)).toBe(
      '<28>Nov  5 07:08:09 nanny[42]: CONNECT to s timed out [NANNY_CONNECT_TIMEOUT] level=mine',
    );
  });

  it('as JSON: the same record, no detail hides a word of the envelope', () => {
    expect(JSON.parse(jsonLine(entry))).toMatchObject({
      id: 'NANNY_CONNECT_TIMEOUT',
      ident: 'nanny',
      pid: 42,
      level: 'warning',
      text: 'CONNECT to s timed out',
      field_level: 'mine',
    });
  });
});
