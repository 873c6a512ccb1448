import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Mention } from '../../src/mention-model.js';
import { checkFileFindings } from '../../src/shell/check-file-findings.js';

let directory: string;
const path = (name: string) => join(directory, name);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'piranha-check-files-'));
  const write = (name: string, text: string, mode = 0o600) => writeFileSync(path(name), text, { mode });
  write('ca', rootCertificates[0] ?? '', 0o644);
  write('empty', '');
  write('text', 'A: b\n');
  write('open', 'A: b\n', 0o644);
  write('garbage', '-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n');
  write('two', 'a\nb\n');
  write('huge', 'x'.repeat(5_000));
  mkdirSync(path('directory'));
  execFileSync('mkfifo', [path('pipe')]);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function mention(kind: Mention['kind'], name: string): Mention {
  return { kind, word: 'word', value: path(name), line: 3, column: 5 };
}

describe('a file that a check reads', () => {
  it.each([
    ['certificates', 'ca', undefined],
    ['certificates', 'empty', 'it is empty; the check would fail'],
    ['certificates', 'text', 'it holds no certificate in PEM; the check would fail'],
    ['certificates', 'garbage', /^it is no PEM file of certificates: .*; the check would fail$/],
    ['certificates', 'none', 'ENOENT; the check would fail'],
    ['certificates', 'directory', 'it is no regular file; the check would fail'],
    ['certificates', 'pipe', 'it is no regular file; the check would fail'],
    ['headers', 'text', undefined],
    ['headers', 'open', 'others may read it: chmod 600; the check would fail'],
    ['headers', 'two', 'it has a line that is no header; the check would fail'],
    ['headers', 'empty', 'it is empty; no header would be added'],
    ['headers', 'pipe', 'it is no regular file; the check would fail'],
    ['password', 'text', undefined],
    ['password', 'huge', 'it is too long; the check would fail'],
    ['password', 'two', 'it has more than one line; the check would fail'],
  ] as const)('%s: %s is told as %s', async (kind, name, problem) => {
    const findings = await checkFileFindings([mention(kind, name)]);
    if (problem === undefined) {
      expect(findings).toEqual([]);
      return;
    }
    const [finding] = findings;
    expect(finding).toMatchObject({ severity: 'warning', code: 'CF_CHECK_FILE', line: 3, column: 5 });
    expect(finding?.text.replace(`word ${path(name)}: `, '')).toEqual(
      typeof problem === 'string' ? problem : expect.stringMatching(problem),
    );
  });

  it('is looked at once for all that name it, and what is no file is none', async () => {
    const twice = [mention('password', 'none'), { ...mention('password', 'none'), line: 9 }];
    const found = await checkFileFindings([...twice, mention('regex', 'none')]);
    expect(found.map(({ line }) => line)).toEqual([3, 9]);
  });
});
