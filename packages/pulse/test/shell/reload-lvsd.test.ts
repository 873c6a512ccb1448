import { describe, expect, it } from 'vitest';
import type { PulseState } from '../../src/core/types.js';
import { followStandby, reloadLvsd } from '../../src/shell/reload-lvsd.js';
import type { SupervisedDaemon } from '../../src/shell/supervised-daemon.js';

const ANSWER = { ok: false, diagnostics: ['no'], operations: [] };
const cold = { standby: 'cold' } as const;
const warm = { standby: 'warm' } as const;

function lvsd(phase: string, isConnected: boolean): SupervisedDaemon {
  const connection = isConnected ? { call: async () => ANSWER } : undefined;
  return { connection, status: () => ({ phase }) } as unknown as SupervisedDaemon;
}

describe('a reload of lvsd', () => {
  it('is asked of the one that runs', async () => {
    expect(await reloadLvsd(lvsd('running', true), cold)).toEqual(ANSWER);
  });

  it('has nothing to ask on a cold standby', async () => {
    expect(await reloadLvsd(lvsd('idle', false), cold)).toMatchObject({ ok: true });
  });

  it.each([
    ['one that is starting', 'starting', cold],
    ['one that comes back', 'waiting', warm],
    ['a warm standby without one', 'idle', warm],
  ] as const)('is refused by %s', async (_, phase, now) => {
    await expect(reloadLvsd(lvsd(phase, false), now)).rejects.toMatchObject({ code: 'PULSE_NO_LVSD' });
  });
});

describe('the lvsd of a director whose lvs.cf says another standby', () => {
  /** What is done to an lvsd; `duties`: the director's before it is ended, and after. */
  async function done(phase: string, next: typeof cold | typeof warm, ...duties: PulseState['duty'][]) {
    const calls: string[] = [];
    const daemon = {
      status: () => ({ phase }),
      start: () => calls.push('start'),
      stop: async () => calls.push('stop'),
    } as unknown as SupervisedDaemon;
    await followStandby(daemon, next, () => ({ duty: duties.shift() ?? 'standby' }));
    return calls;
  }

  it('is started on a standby that becomes warm', async () => {
    expect(await done('idle', warm)).toEqual(['start']);
    expect(await done('running', warm)).toEqual([]);
  });

  it('is ended on a standby that becomes cold, and on no other director', async () => {
    expect(await done('running', cold, 'standby')).toEqual(['stop']);
    expect(await done('idle', cold, 'standby')).toEqual([]);
    for (const duty of ['taking', 'active', 'releasing', 'dropping'] as const) {
      expect(await done('running', cold, duty)).toEqual([]);
    }
  });

  it('is started again where the addresses came while it ended', async () => {
    expect(await done('running', cold, 'standby', 'taking')).toEqual(['stop', 'start']);
  });
});
