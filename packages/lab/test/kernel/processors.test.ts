import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { allowedProcessors, readProcessorList } from '../../src/kernel/processors.js';

it.each([
  ['', []],
  ['0', [0]],
  ['0-3', [0, 1, 2, 3]],
  ['1,4-5,9', [1, 4, 5, 9]],
])("reads '%s'", (list, expected) => {
  expect(readProcessorList(list)).toEqual(expected);
});

it('reads what the kernel says of a process', () => {
  const directory = mkdtempSync(join(tmpdir(), 'piranha-processors-'));
  try {
    const file = join(directory, 'status');
    writeFileSync(file, 'Name:\tnode\nCpus_allowed:\t6\nCpus_allowed_list:\t1-2\nMems_allowed:\t1\n');
    expect(allowedProcessors(file)).toEqual([1, 2]);
    expect(allowedProcessors(join(directory, 'none'))).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
