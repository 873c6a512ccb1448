import type { SyncAnswer } from '@piranha/protocol';
import { describe, expect, it } from 'vitest';
import { syncVerdict } from '../../src/core/render-sync.js';

const TAKEN: SyncAnswer = { ok: true, changed: true, text: '', serial: 5, diagnostics: [], operations: [] };

describe('what is said of a copy', () => {
  it('ends with the warnings of the director that takes the file, where there are any', () => {
    const warned = { ...TAKEN, diagnostics: ['partner: lvs.cf:7: warning: x'] };
    expect(syncVerdict('push', false, TAKEN)).toBe(
      'the partner has it in use, serial_no 5, 0 table operations',
    );
    expect(syncVerdict('push', false, warned)).toMatch(/0 table operations; its check warns, see above$/);
    expect(syncVerdict('push', true, warned)).toMatch(
      /would take it, serial_no 5; its check warns, see above$/,
    );
    expect(syncVerdict('pull', false, warned)).toMatch(/^this director .*; its check warns, see above$/);
  });
});
