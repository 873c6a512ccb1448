import type { Beat, BeatSession } from '@piranha/protocol/beat';
import { pulseStatusSchema } from '@piranha/protocol/schemas';
import { describe, expect, it } from 'vitest';
import { beatContent, beatSerial } from '../../src/core/beat-content.js';
import { beatStatus } from '../../src/core/beat-status.js';
import { ConfigurationWatch } from '../../src/core/configuration-watch.js';
import { startPulse } from '../../src/core/start.js';
import type { PulseSettings } from '../../src/core/types.js';

const SETTINGS: PulseSettings = {
  role: 'primary',
  hasPartner: true,
  keepaliveMs: 500,
  deadtimeMs: 2_000,
  releaseLimitMs: 3_000,
  vips: [],
};
const READINESS = { tableLoaded: true, firstVerdicts: false, serversUp: 1, serversTotal: 3 };
const FILE = { hash: '0'.repeat(16), serial: 4 };
const OWN = {
  protocol: 'authenticated' as const,
  ...{ node: 'backup', keyId: 2, encrypted: true, configuration: FILE, paths: ['public', 'private'] },
  dropped: { duplicate: 3 },
};

function beatOf(hears: Beat['hears']): Beat {
  const { state } = startPulse(SETTINGS, { type: 'forced' }, 0);
  return {
    ...beatContent(SETTINGS, state, 'lvs stopped', FILE, { readiness: READINESS }),
    node: 'primary',
    hears,
  };
}

function sessionOf(hears: Beat['hears']): BeatSession {
  const boot = 'a'.repeat(16);
  return { boot, window: { newest: 1, seen: 1n }, beat: beatOf(hears), heardMs: 900, openedMs: 100 };
}

describe('what status says of the partner', () => {
  it('is what its newest beat said', () => {
    const { partner } = beatStatus(OWN, sessionOf([]), 1_000);
    expect(partner).toMatchObject({
      ...{ openMs: 900, heardAgoMs: 100, duty: 'taking', standIn: false, priority: 200 },
      ...{ reason: 'forced active on startup', readiness: READINESS, configuration: FILE },
    });
  });

  it('shows a path on which only one side hears the other', () => {
    const boots = [{ boot: 'b'.repeat(16), sequence: 9 }];
    const hears = [{ node: 'backup', boots, paths: [{ name: 'public', ageMs: 30 }] }];
    expect(beatStatus(OWN, sessionOf(hears), 1_000).partner?.hearsUs).toEqual([
      { name: 'public', agoMs: 130 },
      { name: 'private' },
    ]);
    const noRoom = sessionOf([{ node: 'backup', boots, paths: undefined }]);
    expect(beatStatus(OWN, noRoom, 1_000).partner?.hearsUs).toBeUndefined();
    const deaf = beatStatus(OWN, sessionOf([]), 1_000).partner?.hearsUs;
    expect(deaf).toEqual([{ name: 'public' }, { name: 'private' }]);
  });

  it('is absent without a session; what was dropped is there', () => {
    const status = beatStatus(OWN, undefined, 0);
    expect(status).not.toHaveProperty('partner');
    expect(status).toMatchObject({ keyId: 2, encrypted: true, dropped: { duplicate: 3 } });
  });

  it('passes the validator of lvsctl as it is', () => {
    const heartbeat = beatStatus(OWN, sessionOf([]), 1_000);
    const status = {
      ...{ version: '1', pid: 1, role: 'backup', active: false, state: 'standby', reason: '', since: '' },
      ...{ configFile: '', keepaliveMs: 1, deadtimeMs: 2, partner: 'running', paths: [], vips: [] },
      ...{ children: [], history: [], heartbeat },
    };
    expect(pulseStatusSchema.parse(status).heartbeat).toEqual(heartbeat);
  });
});

it('serial_no of any size fits into a beat', () => {
  for (const serial of [0, -1, 4, 2 ** 32, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER]) {
    expect(beatSerial(serial)).toBeGreaterThanOrEqual(0);
    expect(beatSerial(serial)).toBeLessThan(2 ** 32);
  }
  expect(beatSerial(4)).toBe(4);
});

it('another lvs.cf is told once, and its end too', () => {
  const watch = new ConfigurationWatch();
  const news = ['a', 'b', 'b', 'c', 'a', 'a'].map((hash) => watch.compare('a', hash));
  expect(news).toEqual([undefined, 'differs', undefined, 'differs', 'alike', undefined]);
});
