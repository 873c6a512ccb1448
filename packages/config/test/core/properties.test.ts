import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../src/core/diagnostics.js';
import { setValue } from '../../src/core/edit.js';
import { formatLvsCf } from '../../src/core/format.js';
import { parseLvsCf } from '../../src/core/parse-lvs-cf.js';
import { directivesAt } from '../../src/core/schema.js';
import { parseTree, printTree } from '../../src/core/tree.js';
import type { LvsConfiguration } from '../../src/model.js';
import { configurationFiles } from '../samples.js';

const samples = [
  ...configurationFiles('etc/samples').values(),
  ...configurationFiles('test/awkward').values(),
];

const fragments = [
  '\n',
  '\r\n',
  '\r',
  ' ',
  '\t',
  '"',
  "'",
  '#',
  '{',
  '}',
  '=',
  ' = ',
  '\0',
  '\u00ff',
  '\\',
  '0.5',
  '010',
  '-1',
  '""',
  'virtual a {\n',
  'server b {\n',
  'failover c {\n',
  'active = 1\n',
  'port = 0\n',
  'fwmark = 3\n',
  'timeout = 0\n',
  'address = 10.1 eth0\n',
  'weight = 0\n',
  '[',
  ']',
  'service = fos\n',
  '__proto__',
  'constructor = 1\n',
].map((text) => new TextEncoder().encode(text));

const mutation = fc.record({
  kind: fc.constantFrom('insert', 'delete', 'copy', 'byte' as const),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(60),
  fragment: fc.constantFrom(...fragments),
  byte: fc.nat(255),
});

function mutate(
  bytes: Uint8Array,
  { kind, at, length, fragment, byte }: typeof mutation extends fc.Arbitrary<infer T> ? T : never,
) {
  const index = Math.floor(at * bytes.length);
  const before = bytes.subarray(0, index);
  const rest = bytes.subarray(index);
  if (kind === 'insert') return Buffer.concat([before, fragment, rest]);
  if (kind === 'delete') return Buffer.concat([before, rest.subarray(length)]);
  if (kind === 'copy') return Buffer.concat([before, rest.subarray(0, length), rest]);
  return Buffer.concat([before, Uint8Array.of(byte), rest.subarray(1)]);
}

const mutatedFile = fc
  .tuple(fc.constantFrom(...samples), fc.array(mutation, { minLength: 1, maxLength: 6 }))
  .map(([sample, mutations]) => mutations.reduce<Uint8Array>(mutate, sample));

const randomFile = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc
    .array(fc.constantFrom(...fragments), { maxLength: 30 })
    .map((parts) => new Uint8Array(Buffer.concat(parts))),
);

function readAndPrint(bytes: Uint8Array): void {
  const result = parseLvsCf(bytes);
  if (Buffer.compare(printTree(result.tree), bytes) !== 0) throw new Error('printed other bytes');
  const broken = result.diagnostics.some((finding) => finding.severity === 'error');
  if (broken === (result.configuration !== undefined)) throw new Error('errors and configuration disagree');
  for (const finding of result.diagnostics) {
    const text = formatDiagnostic('a.cf', finding, { hint: true });
    if (!/^a\.cf:\d+:\d+: (error|warning) CF_[A-Z0-9_]+: [^\n\r]+$/.test(text))
      throw new Error(`odd finding ${text}`);
    if (finding.line > result.tree.lines.length) throw new Error('a line that is not there');
  }
}

/** What a file means, without the lines it stands on. */
function meaning(configuration: LvsConfiguration | undefined): string {
  return JSON.stringify(configuration, (key, value) => (key === 'line' || key === 'lines' ? 0 : value));
}

describe('any bytes', () => {
  it('30,000 mutated files never throw and print back byte for byte', () => {
    fc.assert(fc.property(mutatedFile, readAndPrint), { numRuns: 30_000 });
  }, 120_000);

  it('70,000 random files never throw and print back byte for byte', () => {
    fc.assert(fc.property(randomFile, readAndPrint), { numRuns: 70_000 });
  }, 120_000);
});

describe('format', () => {
  it('is idempotent and keeps the meaning of any file', () => {
    fc.assert(
      fc.property(fc.oneof(mutatedFile, randomFile), (bytes) => {
        const once = formatLvsCf(bytes);
        expect(Buffer.from(formatLvsCf(once)).toString('latin1')).toBe(Buffer.from(once).toString('latin1'));
        expect(meaning(parseLvsCf(once).configuration)).toBe(meaning(parseLvsCf(bytes).configuration));
      }),
      { numRuns: 1500 },
    );
  }, 60_000);
});

describe('setValue', () => {
  const words = fc.constantFrom(
    '5',
    'a b',
    'plain',
    '',
    '"',
    "it's",
    '#x',
    'GET / HTTP/1.0\\r\\n',
    'B\u00fccher',
  );
  const place = fc.oneof(
    fc.record({ path: fc.constant({}), name: fc.constantFrom('keepalive', 'rsh_command', 'tcp_timeout') }),
    fc.record({
      path: fc.constant({ virtual: 'web' }),
      name: fc.constantFrom('send', 'expect', 'port', 'stop_cmd'),
    }),
    fc.record({
      path: fc.constant({ virtual: 'web', server: 'web1' }),
      name: fc.constantFrom('weight', 'port'),
    }),
  );
  const files = samples.filter((sample) => {
    const text = Buffer.from(sample).toString('latin1');
    return (
      text.includes('virtual web {') && text.includes('server web1 {') && parseLvsCf(sample).configuration
    );
  });

  it('changes one line alone, or adds one', () => {
    expect(files.length).toBeGreaterThan(5);
    fc.assert(
      fc.property(fc.constantFrom(...files), place, words, (bytes, { path, name }, word) => {
        const before = parseTree(bytes);
        const after = setValue(before, path, name, [word]);
        const old = before.lines.map((line) => line.text + line.ending);
        const now = after.lines.map((line) => line.text + line.ending);
        const added = now.length - old.length;
        expect([0, 1]).toContain(added);
        const first = now.findIndex((line, index) => line !== old[index]);
        if (first < 0) return;
        expect(now.slice(first + 1)).toEqual(old.slice(first + 1 - added));
        // What was written is read back as the word.
        const level = 'server' in path ? 'server' : 'virtual' in path ? 'virtual' : 'global';
        const spec = directivesAt(level).get(name);
        const tokens = parseTree(printTree(after)).lines[first]?.tokens ?? [];
        expect(tokens[0]?.value).toBe(spec?.name);
        expect(Buffer.from(tokens[2]?.value ?? '', 'latin1').toString()).toBe(word);
      }),
      { numRuns: 2000 },
    );
  }, 60_000);
});
