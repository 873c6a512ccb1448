import { UserError } from '@piranha/common';
import { describe, expect, it } from 'vitest';
import { reloadSafely } from '../../src/shell/reload-safely.js';

describe('reloadSafely', () => {
  it('gives every finding to who asked, and the log the error alone, on one line', async () => {
    const lines: unknown[] = [];
    const log = { log: (event: string, data?: unknown) => lines.push([event, data]) };
    const findings = [
      'lvs.cf:4:1: warning CF_X: odd',
      'lvs.cf:9:3: error CF_Y: wrong',
      'pulse: error parsing lvs.cf at line 9: wrong',
    ];
    const load = () => Promise.reject(new UserError(findings.join('\n'), { code: 'PULSE_CONFIG' }));
    const reload = () => Promise.reject(new Error('not reached'));
    const answer = await reloadSafely({ reload }, load, log as never);
    expect(answer).toEqual({ ok: false, diagnostics: findings, operations: [] });
    expect(lines.at(-1)).toEqual(['PULSE_RELOAD_REFUSED', { problem: findings[2] }]);
  });
});
