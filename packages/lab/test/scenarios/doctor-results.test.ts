import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { groupNamed } from '../../src/scenarios/index.js';

const FILE = new URL('../../../../docs/doctor-results.json', import.meta.url);
const RESULTS = JSON.parse(readFileSync(FILE, 'utf8')) as readonly {
  readonly group: string;
  readonly title: string;
}[];

describe('what is kept of the doctor’s run in the lab', () => {
  it('names scenarios that there are', () => {
    const missing = RESULTS.filter(({ group, title }) => groupNamed(group).scenarios[title] === undefined);
    expect(missing).toEqual([]);
  });

  it('leaves no scenario of the group out', () => {
    const kept = RESULTS.filter(({ group }) => group === 'doctor').map(({ title }) => title);
    expect(kept).toEqual(Object.keys(groupNamed('doctor').scenarios));
  });
});
