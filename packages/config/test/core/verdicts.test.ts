import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MEANING_CHANGES } from '../../src/core/changes.js';
import { parseLvsCf } from '../../src/core/parse-lvs-cf.js';
import { configurationFiles, repositoryPath } from '../samples.js';

interface Verdict {
  readonly exit: number;
  readonly findings: readonly string[];
}

const hosts = new Map([['localhost', '127.0.0.1']]);

function verdictOf(bytes: Uint8Array): Verdict {
  const { configuration, diagnostics } = parseLvsCf(bytes, { hosts });
  const findings = diagnostics.map(
    ({ line, column, severity, code }) => `${line}:${column} ${severity} ${code}`,
  );
  return { exit: configuration ? 0 : 1, findings };
}

const awkward = configurationFiles('test/awkward');
const text = readFileSync(repositoryPath('test/awkward/expected.json'), 'utf8');
const expected = new Map(Object.entries(JSON.parse(text) as Record<string, Verdict>));

describe('awkward files', () => {
  it('have one verdict each', () => {
    expect([...awkward.keys()]).toEqual([...expected.keys()].sort());
  });

  it.each([...awkward])('%s', (name, bytes) => {
    expect(verdictOf(bytes)).toEqual(expected.get(name));
  });

  it('rely on each changed meaning at least once', () => {
    const seen = [...expected.values()].flatMap(({ findings }) =>
      findings.map((finding) => finding.split(' ')[2]),
    );
    expect(MEANING_CHANGES.map(({ code }) => code).filter((code) => !seen.includes(code))).toEqual([]);
  });
});

/** Findings of samples that have any; the others must have none. */
const sampleFindings = new Map([
  ['drained.cf', ['warning CF_CHANGED_WEIGHT_ZERO']],
  ['failover-fos.cf', ['error CF_FOS_NOT_SUPPORTED']],
  ['fwmark.cf', ['warning CF_CHANGED_FWMARK_MERGED']],
  ['gui.cf', ['warning CF_CHANGED_VIP_MASK']],
  ['nat-router.cf', ['warning CF_CHANGED_VIP_MASK']],
  ['regex.cf', ['warning CF_CHANGED_EXPECT_READ']],
  ['scheduler-flags.cf', ['warning CF_CHANGED_SEND_PROGRAM']],
  ['sctp.cf', ['warning CF_CHANGED_PROGRAM_STATUS']],
  ['send-program.cf', ['warning CF_CHANGED_SEND_PROGRAM']],
]);

describe('samples', () => {
  const samples = [...configurationFiles('etc/samples')];

  it.each(samples)('%s', (name, bytes) => {
    const { findings } = verdictOf(bytes);
    expect(findings.map((finding) => finding.replace(/^\S+ /, ''))).toEqual(sampleFindings.get(name) ?? []);
  });

  it('are all there', () => {
    expect(samples.length).toBeGreaterThan(20);
  });
});
