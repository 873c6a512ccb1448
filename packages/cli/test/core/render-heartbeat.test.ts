import type { HeartbeatStatus } from '@piranha/protocol';
import { describe, expect, it } from 'vitest';
import { renderStatus } from '../../src/core/render-status.js';
import { lvsdStatus, NOW_MS, pulseStatus } from '../support/statuses.js';

const FILE = { hash: '0123456789abcdef', serial: 4 };
const PARTNER: NonNullable<HeartbeatStatus['partner']> = {
  ...{ life: 'a'.repeat(16), openMs: 61_000, heardAgoMs: 40, duty: 'standby', standIn: false, priority: 100 },
  readiness: { tableLoaded: true, firstVerdicts: true, serversUp: 2, serversTotal: 3 },
  ...{ reason: 'started', configuration: FILE },
  hearsUs: [
    { name: 'public', agoMs: 100 },
    { name: 'private', agoMs: 250 },
  ],
};
const HEARTBEAT: HeartbeatStatus = {
  ...{ protocol: 'authenticated', keyId: 7, encrypted: true, configuration: FILE },
  dropped: { 'not authentic': 12, duplicate: 1 },
  partner: PARTNER,
};

function page(heartbeat: HeartbeatStatus | undefined, verbose = true): string {
  const view = {
    runDirectory: '/run/piranha',
    pulse: { reached: true, status: pulseStatus({ heartbeat }) },
    lvsd: { reached: true, status: lvsdStatus() },
  } as const;
  return renderStatus(view, NOW_MS, verbose).join('\n');
}

const withPartner = (changes: Partial<typeof PARTNER>): HeartbeatStatus => ({
  ...HEARTBEAT,
  partner: { ...PARTNER, ...changes },
});

describe('lvsctl status --verbose', () => {
  it('says how long the partner has listened, not what it knows', () => {
    const of = (told: object) => page(withPartner({ readiness: { ...PARTNER.readiness, ...told } }));
    expect(of({ listenedPercent: 100, listenedSeconds: 75 })).toContain(
      'servers up, has listened to connections for 1 min 15 s',
    );
    expect(of({ listenedPercent: 40 })).toContain('for 40 % of the time that it takes');
  });

  it('says protocol, key, session, what the partner says of itself and what was dropped', () => {
    const text = page(HEARTBEAT);
    expect(text).toContain('protocol  authenticated and encrypted, sent by key 7');
    expect(text).toContain(`session   open for 1 min 1 s, life ${'a'.repeat(16)}`);
    expect(text).toContain('partner   standby, priority 100: started');
    expect(text).toContain('ready     ready, 2 of 3 servers up');
    expect(text).toContain('lvs.cf    as here, 0123456789abcdef, serial_no 4 here, 4 there');
    expect(text).toContain('hears us  public 0.1 s ago, private 0.3 s ago');
    expect(text).toContain('dropped   12 not authentic, 1 duplicate');
  });

  it('says that nothing proven was heard', () => {
    const { partner: _, ...alone } = HEARTBEAT;
    expect(page(alone)).toContain('session   none: nothing proven was heard');
  });

  it("says that the original's words are spoken, and nothing for a pulse of before", () => {
    expect(page({ protocol: 'words' })).toMatch(/protocol +the original's words\n +dropped +none/);
    const dropped = { 'bad length': 3, stranger: 1 };
    expect(page({ protocol: 'words', announcing: true })).toContain('no partner has agreed on a key yet');
    expect(page({ ...HEARTBEAT, protocol: 'announced' })).toMatch(
      /protocol +authenticated and encrypted, sent by key 7, agreed on with the partner/,
    );
    expect(page({ ...HEARTBEAT, protocol: 'announced', wordsCount: true })).toContain('its words count');
    expect(page({ protocol: 'words', dropped })).toMatch(/dropped +3 bad length, 1 stranger/);
    expect(page(undefined)).not.toContain('\nheartbeat\n');
  });
});

describe('lvsctl status without more words', () => {
  it('says nothing more as long as all is well', () => {
    expect(page(HEARTBEAT, false)).toBe(page(undefined, false));
  });

  it('says that the partner has another lvs.cf', () => {
    const configuration = { hash: 'f'.repeat(16), serial: 5 };
    const text = page(withPartner({ configuration }), false);
    expect(text).toContain(
      "DIFFERS from the partner's: serial_no 4 here, 5 there (lvsctl sync push or pull)",
    );
  });

  it('says on which path the partner does not hear this node', () => {
    const text = page(withPartner({ hearsUs: [{ name: 'public', agoMs: 100 }, { name: 'private' }] }), false);
    expect(text).toContain('the partner does not hear this node on private');
    const old = page(withPartner({ hearsUs: [{ name: 'public', agoMs: 2_001 }] }), false);
    expect(old).toContain('the partner does not hear this node on public');
  });

  it('says that a guardian speaks for the partner', () => {
    expect(page(withPartner({ standIn: true }), false)).toContain('guardian speaks for its pulse');
  });

  it('makes nothing of what a partner said that is silent since', () => {
    const gone = withPartner({ heardAgoMs: 2_001, hearsUs: [], standIn: true });
    expect(page(gone, false)).toBe(page(undefined, false));
  });
});
