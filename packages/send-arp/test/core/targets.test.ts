import { describe, expect, it } from 'vitest';
import { readTargets, TARGET_LIMIT, wordsOfLines } from '../../src/core/targets.js';

function words(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `eth0=10.0.${index >> 8}.${index & 255}`);
}

describe('readTargets', () => {
  it('takes up to 1,000 addresses', () => {
    expect(readTargets(words(TARGET_LIMIT))).toHaveLength(1_000);
    expect(readTargets(words(TARGET_LIMIT + 1))).toMatchObject({ kind: 'wrong', code: 'SEND_ARP_LIMIT' });
  });

  it('shows a bad word without its control characters and not in full', () => {
    const reason = String((readTargets([`\x1b[31m${'x'.repeat(1_000)}`]) as { reason: string }).reason);
    expect(reason).toMatch(/^'\?\[31mx+\.\.\.' is not of the form DEV=ADDRESS$/);
    expect(reason.length).toBeLessThan(120);
  });
});

describe('wordsOfLines', () => {
  it('leaves out blank lines and comments', () => {
    const text = '# VIPs\n\n eth0=10.0.0.1 \r\neth0=10.0.0.2\n\t\neth0=fd00::1';
    expect(wordsOfLines(text)).toEqual(['eth0=10.0.0.1', 'eth0=10.0.0.2', 'eth0=fd00::1']);
  });
});
