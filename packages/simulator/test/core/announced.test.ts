import { parseLvsCf } from '@piranha/config';
import { describe, expect, it } from 'vitest';
import type { Machines } from '../../src/core/world.js';
import { OWN_MACHINES, pairOf, pairOfConfiguration, pairSettings, simulateSeed } from '../../src/index.js';
import { BUG_SEEDS, firstFailure, firstFailureText, SETTINGS } from '../support.js';

const SEEDS = 100;
/** A machine that does much else. */
const LIMIT = { timeout: 300_000 };
const ANNOUNCED = { ...pairOf(SETTINGS), isAnnounced: true, hasMaintenance: true };

describe('a simulated pair that announces its protocol', LIMIT, () => {
  it(`keeps every promise in ${SEEDS} fixed seeds, and in as many that nobody has tried`, () => {
    expect(firstFailureText(ANNOUNCED, 1, SEEDS)).toBeUndefined();
    expect(firstFailureText(ANNOUNCED, Math.floor(Math.random() * 2 ** 31), SEEDS)).toBeUndefined();
  });

  it('keeps them at other times, and where addresses go back', () => {
    for (const [keepaliveMs, deadtimeMs] of [
      [50, 150],
      [2_000, 5_000],
    ] as const) {
      const pair = { ...ANNOUNCED, ...pairOf(pairSettings(keepaliveMs, deadtimeMs)) };
      expect(firstFailureText(pair, 1, 25)).toBeUndefined();
    }
    const failback = { failback: 'ready', failbackHoldMs: 1_000 } as const;
    expect(firstFailureText({ ...ANNOUNCED, failback }, 1, 25)).toBeUndefined();
  });

  it('does the same for the same seed', () => {
    expect(simulateSeed(ANNOUNCED, 4_711).outcome).toEqual(simulateSeed(ANNOUNCED, 4_711).outcome);
  });

  it('does not with a planted bug: words never count again once a beat was heard', () => {
    const machines: Machines = { ...OWN_MACHINES, beatsCount: (session) => session !== undefined };
    expect(firstFailure({ ...pairOf(SETTINGS, machines), isAnnounced: true }, 1, BUG_SEEDS)).toBeDefined();
  });

  it('is what an lvs.cf with heartbeat_announce makes', () => {
    const { configuration } = parseLvsCf(
      'primary = 192.0.2.1\nbackup = 192.0.2.2\nbackup_active = 1\nheartbeat_announce = 1\n' +
        'virtual web {\nactive = 1\naddress = 192.0.2.100 eth0:1\nserver a {\naddress = 10.0.0.1\nactive = 1\n}\n}\n',
    );
    const pair = configuration && pairOfConfiguration(configuration);
    expect(pair).toMatchObject({ hasKey: false, isAnnounced: true, failback: { failback: 'ready' } });
  });
});
