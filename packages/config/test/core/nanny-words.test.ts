import { expect, it } from 'vitest';
import { parseLvsCf } from '../../src/core/parse-lvs-cf.js';
import { PAIR, SERVICE } from '../samples.js';

const read = (words: string) => parseLvsCf(`${PAIR}${words}${SERVICE}`);

it.each([
  ['', 64],
  ['nanny_processes = auto\n', 64],
  ['nanny_processes = 0\n', 0],
])("'%s' lets %d real services have a nanny each", (words, nannyProcesses) => {
  expect(read(words)).toMatchObject({ configuration: { nannyProcesses }, diagnostics: [] });
});

it('probes_per_second is a limit, and warned of where the intervals of a file ask for more', () => {
  expect(read('').configuration).not.toHaveProperty('probesPerSecond');
  expect(read('probes_per_second = 50\n')).toMatchObject({
    configuration: { probesPerSecond: 50 },
    diagnostics: [],
  });
  const often = SERVICE.replace('  server a {\n', 'timeout = 0.1\n  server a {\n');
  const { diagnostics } = parseLvsCf(`${PAIR}probes_per_second = 4\n${often}`);
  expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
    'warning CF_PROBES_OVER_BUDGET',
  ]);
  expect(diagnostics[0]?.text).toMatch(/ask for 10 checks a second, .* allows 4: .* 2\.5 times less often/);
  expect(read('probes_per_second = 0\n').diagnostics).toMatchObject([{ code: 'CF_RANGE' }]);
});

it('a word that is no number is told what else there is', () => {
  const [problem] = read('nanny_processes = lots\n').diagnostics;
  expect(problem).toMatchObject({
    code: 'CF_INTEGER_EXPECTED',
    hint: 'besides a number it may be auto',
  });
});
