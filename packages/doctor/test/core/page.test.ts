import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DIRECTOR_TRAPS } from '../../src/core/examine.js';
import { doctorPage, type LabResult } from '../../src/core/page.js';

const read = (name: string): string =>
  readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8');
const RESULTS = JSON.parse(read('doctor-results.json')) as readonly LabResult[];
const CODES = DIRECTOR_TRAPS.map(({ code }) => code);

const row = (results: readonly LabResult[], code: string): string | undefined =>
  doctorPage(results)
    .split('\n')
    .find((line) => line.startsWith(`| \`${code}\``));

describe('the page about the doctor', () => {
  it('is made from the traps of today and the last run of the lab', () => {
    expect(read('doctor.md')).toBe(doctorPage(RESULTS));
  });

  it('has a scenario of the lab for every trap that can be set there, and for no other', () => {
    const found = new Set(RESULTS.flatMap((result) => result.found));
    const expected = DIRECTOR_TRAPS.filter(({ notInLab }) => notInLab === undefined).map(({ code }) => code);
    expect([...found].sort()).toEqual([...expected].sort());
  });

  it('has healthy set-ups for direct routing, NAT and tunnelling, in which nothing but a busy machine is left out', () => {
    const healthy = RESULTS.filter(({ found }) => found.length === 0);
    expect(healthy.map(({ group }) => group).sort()).toEqual(['doctor', 'nat', 'tunnel']);
    for (const { ignored } of healthy) expect(ignored).toEqual(['DOCTOR_LOAD']);
  });

  it('says what was found where', () => {
    const healthy = { group: 'doctor', title: 'all is well', found: [], ignored: ['DOCTOR_LOAD'] };
    const trap = { group: 'nat', title: 'a | b', found: ['DOCTOR_TABLE', 'DOCTOR_LOAD'], ignored: [] };
    expect(row([healthy, trap], 'DOCTOR_TABLE')).toMatch(/\| lab, nat: a \\\| b \| not found \|$/);
    expect(row([healthy, trap], 'DOCTOR_LOAD')).toMatch(/\| not looked for \|$/);
    expect(row([healthy], 'DOCTOR_TABLE')).toContain('| nowhere yet |');
    expect(row([healthy], 'DOCTOR_ROLES')).toContain('recorded facts in');
  });
});

describe('lvsctl(8)', () => {
  it('has every trap in its table', () => {
    const listed = [...read('man/lvsctl.8.md').matchAll(/^\| `(DOCTOR_\w+)` \|/gm)].map(([, code]) => code);
    expect(listed).toEqual(CODES);
  });
});
