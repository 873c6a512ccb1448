import { formatLvsCf } from '@piranha/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Imported } from '../../src/core/notes.js';
import { errorsOf, fromHeartbeat, fromKeepalived, fromLdirectord } from '../support/import.js';
import { keepalivedSources, ldirectordSources, textOf, type Variant, wordSalad } from '../support/sources.js';

const FORMATS: readonly (readonly [string, (text: string) => Imported, fc.Arbitrary<readonly Variant[]>])[] =
  [
    ['keepalived', fromKeepalived, keepalivedSources],
    ['ldirectord', fromLdirectord, ldirectordSources],
  ];

/** Behind a word: nothing, quotes, signs of other programs, what is too long or too large. */
const HOSTILE_VALUES = [
  ...[
    '',
    '""',
    '"a b"',
    "it's",
    '"it\'s"',
    '%h',
    '"/a %p"',
    '/a"b',
    '"/a \'b\'"',
    '\\',
    '"\\\\d+"',
    '^a|b$',
    '{}',
  ],
  ...[
    '-1',
    '0',
    '0.5',
    '99999999999',
    '1e3',
    '0x10',
    '::1',
    '[::1]:80',
    '127.0.0.1',
    '224.0.0.1',
    '10.0.0.256',
  ],
  ...[
    'ü',
    '\u0001',
    '#',
    'a@b',
    'a@b.test',
    '<a@b.test>',
    '/',
    '//',
    'http://a/b',
    'a'.repeat(5000),
    '/a '.repeat(50),
  ],
];

function reads(imported: Imported): void {
  expect(errorsOf(imported)).toEqual([]);
  const bytes = new TextEncoder().encode(imported.text);
  expect(new TextDecoder().decode(formatLvsCf(bytes))).toBe(imported.text);
}

describe.each(FORMATS)('%s', (_, read, sources) => {
  it('becomes an lvs.cf that a director can start from, in canonical layout', () => {
    fc.assert(
      fc.property(sources, (source) => reads(read(textOf(source)))),
      { numRuns: 150 },
    );
  });

  it('writes no value that lvs.cf refuses, whatever stands behind a word', () => {
    fc.assert(
      fc.property(sources, fc.nat(), fc.constantFrom(...HOSTILE_VALUES), (source, choice, value) => {
        const index = choice % source.length;
        const text = textOf(
          source.map((one, at) =>
            at === index ? { ...one, line: one.line.replace(/^(\s*[^\s=]+[ =]).*$/, `$1${value}`) } : one,
          ),
        );
        const imported = read(text);
        expect(errorsOf(imported), `${source[index]?.line} -> ${value}`).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('loses no line silently: another line shows in the result or in the notes', () => {
    fc.assert(
      fc.property(sources, fc.nat(), (source, choice) => {
        const index = choice % source.length;
        const changed = source.map((one, at) => (at === index ? { ...one, line: one.other } : one));
        const [before, after] = [read(textOf(source)), read(textOf(changed))];
        expect([after.text, after.notes], source[index]?.line).not.toEqual([before.text, before.notes]);
      }),
      { numRuns: 300 },
    );
  });

  it('notes a word that it does not know, where it stands', () => {
    fc.assert(
      fc.property(sources, fc.nat(), (source, choice) => {
        const at = choice % source.length;
        const indentation = /^\s*/.exec(source[at]?.line ?? '')?.[0] ?? '';
        const text = textOf([
          ...source.slice(0, at),
          { line: `${indentation}unheard_of 7`, other: '' },
          ...source.slice(at),
        ]);
        const column = indentation.length + 1;
        expect(read(text).notes).toContainEqual(expect.objectContaining({ line: at + 1, column }));
      }),
      { numRuns: 150 },
    );
  });

  it('fails for nothing that words can say', () => {
    fc.assert(
      fc.property(fc.oneof(wordSalad, fc.string({ unit: 'binary', maxLength: 300 })), (text) =>
        reads(read(text)),
      ),
      { numRuns: 400 },
    );
  });
});

describe('hostile lines', () => {
  const lines = ['"', '{', '}', '$', '$A ', '~', ' ', '=', '\\', '"a" ', '#', '->', '\u0024{', 'a,'];

  it.each(FORMATS)('%s takes no long time for them', (_, read) => {
    for (const part of lines) {
      const line = part.repeat(Math.floor(16_000 / part.length));
      const started = performance.now();
      expect(() => read(`a\n${line}\nreal=10.0.0.1 gate ${line}\n`)).not.toThrow(RangeError);
      expect(performance.now() - started).toBeLessThan(5_000);
    }
  });
});

describe('heartbeat', () => {
  it('fails for nothing that words can say', () => {
    fc.assert(
      fc.property(wordSalad, wordSalad, wordSalad, (haCf, haResources, ldirectord) => {
        reads(fromHeartbeat(haCf, haResources, ldirectord));
      }),
      { numRuns: 300 },
    );
  });

  it('notes or carries over each resource, whatever stands around it', () => {
    const resources = fc.constantFrom(
      'httpd',
      'IPaddr::10.0.0.9/32/eth0',
      'Filesystem::/a::/b',
      'ldirectord::x.cf',
      'odd::::',
    );
    fc.assert(
      fc.property(fc.array(resources, { minLength: 1, maxLength: 8 }), fc.nat(), (list, choice) => {
        const at = choice % list.length;
        const changed = list.map((one, index) => (index === at ? `${one}.changed` : one));
        const [before, after] = [list, changed].map((one) =>
          fromHeartbeat('', `north ${one.join(' ')}\n`, ''),
        );
        if (list[at] === 'ldirectord::x.cf') return;
        expect([after?.text, after?.notes]).not.toEqual([before?.text, before?.notes]);
      }),
    );
  });
});
