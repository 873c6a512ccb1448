import { describe, expect, it } from 'vitest';
import { readBenchOptions } from '../../src/bench/options.js';
import { percentile } from '../../src/bench/table.js';

describe('the command line of the bench', () => {
  it('means the short benches and 20 runs without words', () => {
    expect(readBenchOptions([])).toEqual({
      help: false,
      names: ['start-up', 'memory', 'throughput'],
      runs: 20,
      cases: [],
      packets: 1_000_000,
    });
  });

  it('takes names, runs and cases', () => {
    const words = [
      'failover',
      '--runs',
      '3',
      '--case',
      'hang-1',
      '--case',
      'crash-0.01',
      '--packets',
      '5000',
    ];
    expect(readBenchOptions(words)).toEqual({
      help: false,
      names: ['failover'],
      runs: 3,
      cases: ['hang-1', 'crash-0.01'],
      packets: 5_000,
    });
  });

  it.each(['--help', '-h'])('takes %s for a question', (word) => {
    expect(readBenchOptions([word]).help).toBe(true);
  });

  it.each([
    ['nonsense'],
    ['--runs=0'],
    ['--runs=x'],
    ['--runs=1.5'],
    ['--case=nothing'],
    ['--packets=1.5'],
    ['--packets=1'],
    ['--what'],
  ])('refuses %s', (word) => {
    expect(() => readBenchOptions([word])).toThrow(expect.objectContaining({ code: 'BENCH_USAGE' }));
  });
});

describe('a percentile', () => {
  it('is the smallest value that the share does not exceed', () => {
    const values = [5, 1, 4, 2, 3, 10, 9, 8, 7, 6];
    expect([percentile(values, 0.9), percentile(values, 1), percentile(values, 0)]).toEqual([9, 10, 1]);
    expect(percentile([7], 0.9)).toBe(7);
  });
});
