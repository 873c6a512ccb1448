import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderView, type ViewState } from '../../src/core/view.js';

const STATE: ViewState = {
  configFile: '/somewhere/demo.cf',
  url: 'http://127.0.0.100:8080/',
  directors: [
    {
      name: 'a',
      role: 'primary',
      state: 'active',
      isActive: true,
      holdsVip: true,
      reason: 'partner dead',
      seconds: 12,
    },
    { name: 'b', role: 'backup', state: 'down', isActive: false, holdsVip: false, reason: '', seconds: 0 },
  ],
  servers: [
    {
      name: 'one',
      endpoint: '127.0.0.11:8081',
      health: 'up',
      weight: 1,
      active: 2,
      total: 70,
      reason: 'HTTP',
    },
    {
      name: 'two',
      endpoint: '127.0.0.12:8081',
      health: 'down',
      weight: undefined,
      active: 0,
      total: 9,
      reason: 'refused',
    },
  ],
  requestsPerSecond: 20,
  completed: 100,
  failed: 0,
  message: 'server two was killed',
  logLines: Array.from({ length: 40 }, (_, index) => `a pulse: line ${index}`),
};

describe('the live screen', () => {
  it('shows who is active, each server, the keys and the newest log lines', () => {
    const lines = renderView(STATE, { columns: 120, rows: 40, colour: false });
    const text = lines.join('\n');
    expect(text).toMatch(/^a +primary +active +VIP +12 s +partner dead/m);
    expect(text).toMatch(/^two +127\.0\.0\.12:8081 +down +out +0 +9 +refused/m);
    expect(text).toContain('h hand over');
    expect(text).toContain('server two was killed');
    expect(lines.at(-1)).toBe('a pulse: line 39');
  });

  it('never passes the width or the height of the terminal, with or without colour', () => {
    const size = fc.integer({ min: 1, max: 200 });
    fc.assert(
      fc.property(size, size, fc.boolean(), (columns, rows, colour) => {
        const lines = renderView(STATE, { columns, rows, colour });
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it('has no control characters without colour', () => {
    const text = renderView(STATE, { columns: 80, rows: 24, colour: false }).join('');
    expect(stripVTControlCharacters(text)).toBe(text);
  });
});
