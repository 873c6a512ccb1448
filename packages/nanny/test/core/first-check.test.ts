import { describe, expect, it } from 'vitest';
import { firstCheckWithinMs } from '../../src/core/first-check.js';

describe('the first check', () => {
  it('waits out a warmup only where nobody knows the server', () => {
    const times = { warmupMs: 120_000, intervalMs: 6_000 };
    expect(firstCheckWithinMs({ known: 'unknown', ...times })).toBe(120_000);
    expect(firstCheckWithinMs({ known: 'up', ...times })).toBe(6_000);
    expect(firstCheckWithinMs({ known: 'down', ...times })).toBe(6_000);
    expect(firstCheckWithinMs({ known: 'up', warmupMs: 0, intervalMs: 6_000 })).toBe(0);
  });
});
