import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Beat,
  BODY_LIMIT_BYTES,
  beatText,
  decodeBeat,
  encodeBeat,
  isBeatText,
  leastRoomBytes,
} from '../../src/beat.js';
import { anyBeat, plainBeat } from '../support/beats.js';

function encoded(beat: Beat): Buffer {
  const answer = encodeBeat(beat);
  if (answer.type === 'refused') throw new Error(answer.reason);
  return answer.bytes;
}

const wireOf = (beat: Beat): Record<string, unknown> => JSON.parse(encoded(beat).toString());
const decodeWire = (wire: unknown) => decodeBeat(Buffer.from(JSON.stringify(wire)));

/** What is left of a beat when these things are left out. */
function without(beat: Beat, leftOut: readonly string[]): Beat {
  const boots = leftOut.includes('unproven lives') ? 1 : 4;
  return {
    ...beat,
    reason: leftOut.includes('reason') ? '' : beat.reason,
    ...(leftOut.includes('failure') ? { failure: '' } : {}),
    hears: beat.hears.map((heard) => ({
      node: heard.node,
      boots: heard.boots.slice(0, boots),
      paths: leftOut.includes('path ages') ? undefined : heard.paths,
    })),
  };
}

describe('a beat', () => {
  it('comes back as it was, but for what is named as left out', () => {
    const seen = { whole: 0, shortened: 0, refused: 0 };
    fc.assert(
      fc.property(anyBeat, (beat) => {
        const answer = encodeBeat(beat);
        if (answer.type === 'refused') {
          seen.refused += 1;
          expect(answer.reason).toMatch(/bytes, over 1188$/);
          return;
        }
        seen[answer.leftOut.length === 0 ? 'whole' : 'shortened'] += 1;
        expect(answer.bytes.length).toBeLessThanOrEqual(BODY_LIMIT_BYTES);
        expect(decodeBeat(answer.bytes)).toEqual({ type: 'beat', beat: without(beat, answer.leftOut) });
      }),
      { numRuns: 500 },
    );
    expect(Math.min(seen.whole, seen.shortened, seen.refused)).toBeGreaterThan(0);
  });

  it('is small in a usual pair', () => {
    const heard = { node: 'left', boots: [{ boot: '89abcdef01234567', sequence: 123_456 }] };
    const paths = [
      { name: 'public', ageMs: 12 },
      { name: 'private', ageMs: 13 },
    ];
    const beat = plainBeat('right', [{ ...heard, paths }]);
    expect(encoded(beat).length).toBeLessThan(300);
  });

  it('leaves out first what decides nothing', () => {
    const groups = Array.from({ length: 32 }, (_, index) => ({
      name: `group-${index}`,
      duty: 'active' as const,
    }));
    const answer = encodeBeat({ ...plainBeat('left'), groups, reason: 'x'.repeat(120) });
    expect(answer).toMatchObject({ type: 'encoded', leftOut: ['reason'] });
  });

  it('keeps that there is a failure when its text has no room', () => {
    const groups = Array.from({ length: 32 }, (_, index) => ({
      name: `group-${index}`,
      duty: 'releasing' as const,
    }));
    const answer = encodeBeat({ ...plainBeat('left'), groups, failure: 'no link on eth0'.repeat(8) });
    expect(answer).toMatchObject({ type: 'encoded', leftOut: ['reason', 'failure'] });
    if (answer.type === 'encoded') expect(decodeBeat(answer.bytes)).toMatchObject({ beat: { failure: '' } });
  });

  it('makes texts fit for a log line and a terminal', () => {
    const reason = `bell\u0007, colour\u001b[31m, line\nline, mark\u202e, half\ud800${'x'.repeat(200)}`;
    const verdict = decodeBeat(encoded({ ...plainBeat('left'), reason }));
    expect(verdict).toMatchObject({ type: 'beat', beat: { reason: beatText(reason) } });
    expect(beatText(reason)).toMatch(/^bell\?, colour\?\[31m, line\?line, mark\?, half\?x+$/);
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => isBeatText(beatText(text))));
  });

  it('rounds ages, and how long was listened down', () => {
    const hears = [
      {
        node: 'right',
        boots: [{ boot: '0'.repeat(16), sequence: 1 }],
        paths: [{ name: 'public', ageMs: 1.6 }],
      },
    ];
    const beat = plainBeat('left', hears);
    const readiness = { ...beat.readiness, listenedPercent: 99.9, listenedSeconds: 1e9 };
    expect(decodeBeat(encoded({ ...beat, readiness }))).toMatchObject({
      beat: {
        readiness: { listenedPercent: 99, listenedSeconds: 86_400 },
        hears: [{ paths: [{ ageMs: 2 }] }],
      },
    });
  });

  it.each<[string, Partial<Beat>]>([
    ['node', { node: 'no space' }],
    ['priority', { priority: 256 }],
    ['keepalive', { keepaliveMs: Number.NaN }],
    ['deadtime', { deadtimeMs: 0 }],
    ['a group twice', { groups: [1, 2].map(() => ({ name: 'one', duty: 'active' })) }],
    ['configuration serial', { configuration: { hash: '0'.repeat(16), serial: -1 } }],
  ])('that its receiver would refuse is not sent: %s', (what, part) => {
    expect(encodeBeat({ ...plainBeat('left'), ...part })).toEqual({ type: 'refused', reason: `bad ${what}` });
  });
});

describe('reading a beat', () => {
  it('passes over what a newer partner adds', () => {
    const beat = plainBeat('left', [{ node: 'right', boots: [{ boot: 'f'.repeat(16), sequence: 5 }] }]);
    const wire = wireOf(beat) as { g: object[]; r: object; c: object; e: { b: unknown[][] }[] };
    const newer = {
      ...wire,
      new: { deep: [1] },
      g: wire.g.map((one) => ({ ...one, new: 1 })),
      r: { ...wire.r, new: 1 },
      c: { ...wire.c, new: 1 },
      e: wire.e.map((one) => ({ ...one, new: 1, b: one.b.map((boot) => [...boot, 'new']) })),
    };
    expect(decodeWire(newer)).toEqual({ type: 'beat', beat });
  });

  it.each<[string, unknown]>([
    ['n', undefined],
    ['n', ''],
    ['n', 'x'.repeat(64)],
    ['n', ['left']],
    ['ka', '100'],
    ['ka', -1],
    ['dt', 86_400_001],
    ['p', 1.5],
    ['g', {}],
    ['g', [null]],
    ['g', [{ n: 'a', d: 'sleeping' }]],
    ['g', [{ n: 'a', d: 'active', h: 7 }]],
    ['g', Array.from({ length: 33 }, (_, index) => ({ n: `g${index}`, d: 'active' }))],
    ['r', { t: true, v: true, u: 4, s: 3 }],
    ['r', { t: 1, v: true, u: 0, s: 0 }],
    ['r', { t: true, v: true, c: 101, u: 0, s: 0 }],
    ['f', 7],
    ['f', 'two\nlines'],
    ['c', null],
    ['c', { h: '0123456789ABCDEF', s: 1 }],
    ['c', { h: '0123456789abcdef', s: 2 ** 32 }],
    ['w', 'x'.repeat(121)],
    ['e', [{ n: 'b', b: [] }]],
    ['e', [{ n: 'b', b: [['0'.repeat(16), 0]] }]],
    ['e', [{ n: 'b', b: [['0'.repeat(15), 1]] }]],
    ['e', [{ n: 'b', b: [['0'.repeat(16), 1]], p: [['public', -1]] }]],
    ['e', [1, 2].map(() => ({ n: 'b', b: [['0'.repeat(16), 1]] }))],
    ['x', ['public']],
    ['bye', 1],
  ])('refuses %s = %j', (member, value) => {
    expect(decodeWire({ ...wireOf(plainBeat('left')), [member]: value })).toMatchObject({
      type: 'malformed',
      reason: expect.stringMatching(/^bad /),
    });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{"n":'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '7'],
    ['deep nesting', '['.repeat(1_188)],
    ['a mark in front', '\ufeff{}'],
  ])('refuses %s', (_, text) => {
    expect(decodeBeat(Buffer.from(text))).toMatchObject({ type: 'malformed' });
  });

  it('refuses bytes that are no UTF-8, and what is longer than a packet', () => {
    const bytes = encoded(plainBeat('left'));
    const broken = Buffer.from(bytes);
    broken[bytes.indexOf('start')] = 0xff;
    expect(decodeBeat(broken)).toEqual({ type: 'malformed', reason: 'no JSON in UTF-8' });
    expect(decodeBeat(Buffer.alloc(1_189, ' '))).toEqual({ type: 'malformed', reason: 'too long' });
  });

  it('answers any bytes and any JSON without a throw', () => {
    const bytes = fc.uint8Array({ maxLength: 1_300 });
    fc.assert(fc.property(bytes, (body) => ['beat', 'malformed'].includes(decodeBeat(body).type)));
    const odd = fc.dictionary(
      fc.constantFrom('n', 'ka', 'dt', 'p', 'g', 'r', 'f', 'c', 'w', 'e', 'x', 'bye', '__proto__'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(odd, (members) =>
        ['beat', 'malformed'].includes(decodeWire({ ...wireOf(plainBeat('left')), ...members }).type),
      ),
      { numRuns: 500 },
    );
  });
});

describe('the room that names leave', () => {
  it('is that of the fullest beat that they can lead to', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z-]{1,40}$/), { maxLength: 10 });
    const checks = { fits: 0, refused: 0 };
    fc.assert(
      fc.property(names, names, fc.nat(32), (peers, groups, turn) => {
        const room = leastRoomBytes('self', groups, peers, ['public', 'private']);
        checks[room >= 0 ? 'fits' : 'refused'] += 1;
        const beat: Beat = {
          ...plainBeat('self'),
          groups: groups.map((name, index) => ({
            name,
            duty: 'releasing',
            heir: peers[(index + turn) % Math.max(1, peers.length)] ?? 'self',
            asksRelease: true,
          })),
          failure: 'no link'.repeat(10),
          reason: 'because'.repeat(10),
          hears: peers.map((node) => ({
            node,
            boots: [1, 2, 3, 4].map((number) => ({ boot: `${number}`.repeat(16), sequence: 2 ** 50 })),
            paths: [{ name: 'private', ageMs: 1_000_000 }],
          })),
          path: { name: 'private', sent: 2 ** 50 },
          farewell: true,
        };
        if (room >= 0) expect(encodeBeat(beat).type).toBe('encoded');
      }),
      { numRuns: 200 },
    );
    expect(Math.min(checks.fits, checks.refused)).toBeGreaterThan(0);
  });

  it('goes last to what a third director must know: who serves, and when that one was heard', () => {
    const hears = (names: readonly string[], serving?: string) =>
      names.map((node) => ({
        node,
        boots: [1, 2, 3, 4].map((number) => ({ boot: `${number}`.repeat(16), sequence: 2 ** 40 })),
        paths: ['public', 'private'].map((name) => ({ name, ageMs: 123 })),
        ...(node === serving ? { serves: true } : {}),
      }));
    const names = ['one', 'two', 'three', 'four'].map(
      (word) => `${word}.directors.of.the.whole.north.of.the.land.example`,
    );
    const beat = {
      ...plainBeat('five.directors.of.the.whole.north.of.the.land.example'),
      hears: hears(names, names[2]),
    };
    const told = decodeBeat(encoded(beat));
    if (told.type !== 'beat') throw new Error(told.reason);
    expect(told.beat.hears.map(({ serves, paths }) => serves === true && paths?.[0]?.ageMs)).toEqual([
      false,
      false,
      123,
      false,
    ]);
    const long = [1, 2, 3, 4].map((number) => `${number}`.repeat(63));
    const fullest = {
      ...plainBeat('5'.repeat(63)),
      hears: hears(long).map((one) => ({ ...one, serves: true })),
    };
    expect(leastRoomBytes('5'.repeat(63), ['main'], long, ['public', 'private'])).toBeGreaterThanOrEqual(0);
    expect(encodeBeat(fullest).type).toBe('encoded');
  });

  it('is enough for five nodes and as many groups', () => {
    const names = ['one', 'two', 'three', 'four', 'five'].map((word) => `director-${word}`);
    expect(leastRoomBytes('director-six', names, names, ['public', 'private'])).toBeGreaterThan(100);
  });

  it('is enough for a pair with the most groups that lvs.cf may have, and the longest names', () => {
    const groups = ['main', ...Array.from({ length: 8 }, (_, index) => `${index}`.padEnd(32, 'x'))];
    expect(leastRoomBytes('primary', groups, ['backup'], ['public', 'private'])).toBeGreaterThanOrEqual(0);
  });
});
