import { describe, expect, it } from 'vitest';
import type { EventLevel } from '../../src/core/event.js';
import { consoleLine, type Entry, fileLine, jsonLine, syslogLine } from '../../src/core/lines.js';

// A local time, so that the expectation holds in every time zone.
const atMs = new Date(2026, 0, 5, 3, 4, 9, 7).getTime();

function entry(level: EventLevel = 'info', detail = {}): Entry {
  return {
    record: { id: 'X_ID', ident: 'nanny', level, text: 'READ to x timed out', detail },
    pid: 42,
    atMs,
  };
}

describe('lines', () => {
  it('console: ident and text', () => {
    expect(consoleLine(entry('info', { tries: 2 }))).toBe('nanny: READ to x timed out [X_ID] tries=2');
  });

  it('file: ISO time, ident and pid', () => {
    expect(fileLine(entry())).toBe(`${new Date(atMs).toISOString()} nanny[42]: READ to x timed out [X_ID]`);
  });

  it.each([
    ['error', 27],
    ['warning', 28],
    ['info', 30],
    ['debug', 31],
  ] as const)('syslog: %s of facility daemon is <%i>, the day padded by a blank', (level, priority) => {
    expect(syslogLine(entry(level))).toBe(
      `<${priority}>Jan  5 03:04:09 nanny[42]: READ to x timed out [X_ID]`,
    );
  });

  it('JSON: the envelope, then the details; a detail cannot hide a word of the envelope', () => {
    expect(JSON.parse(jsonLine(entry('warning', { silentMs: 3, pid: 7 })))).toEqual({
      at: new Date(atMs).toISOString(),
      id: 'X_ID',
      ident: 'nanny',
      pid: 42,
      level: 'warning',
      text: 'READ to x timed out',
      silentMs: 3,
      field_pid: 7,
    });
  });
});
