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

it('a word that is no number is told what else there is', () => {
  const [problem] = read('nanny_processes = lots\n').diagnostics;
  expect(problem).toMatchObject({
    code: 'CF_INTEGER_EXPECTED',
    hint: 'besides a number it may be auto',
  });
});
