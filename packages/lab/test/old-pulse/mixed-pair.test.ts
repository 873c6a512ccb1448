import type { NodeRole } from '@piranha/protocol';
import { describe, expect, it } from 'vitest';
import { type OldPulseSettings, oldWordBytes } from '../../src/index.js';
import { DEADTIME_MS, KEEPALIVE_MS, MixedPair, otherRole, ROLES } from '../support/mixed-pair.js';
import type { OldMember, OurMember } from '../support/virtual-members.js';

/** Bounds of a mixed pair, as docs/migrating-from-piranha.md states them. */
const SLACK_MS = 10;
const lossBoundMs = ({ times }: MixedPair) => DEADTIME_MS + times.activateMs + SLACK_MS;
const tieBoundMs = ({ times }: MixedPair) => KEEPALIVE_MS + times.deactivateMs + SLACK_MS;

interface Mixed {
  readonly pair: MixedPair;
  readonly ours: OurMember;
  readonly old: OldMember;
}

/** A pair in which `holder` serves and the other stands by; ours has the role `role`. */
function serving(role: NodeRole, holder: 'ours' | 'old', settings: Partial<OldPulseSettings> = {}): Mixed {
  const pair = new MixedPair(() => 0.5, settings);
  let ours: OurMember;
  let old: OldMember;
  if (holder === 'ours') {
    ours = pair.startOurs(role);
    pair.runUntil('ours serves', () => ours.holding);
    pair.run(500);
    old = pair.startOld(otherRole(role));
  } else {
    old = pair.startOld(otherRole(role));
    pair.runUntil('the old one serves', () => old.holding);
    pair.run(500);
    ours = pair.startOurs(role);
  }
  pair.run(2 * DEADTIME_MS);
  expect(pair.holders()).toEqual([holder === 'ours' ? role : otherRole(role)]);
  pair.forget();
  return { pair, ours, old };
}

describe.each(ROLES)('ours as the %s beside an original', (role) => {
  const oldRole = otherRole(role);

  it('joins an active original as a standby, and is joined as one: no failover, whoever came first', () => {
    for (const holder of ['ours', 'old'] as const) {
      const { pair, ours, old } = serving(role, holder);
      expect(ours.log.includes('PULSE_ACTIVE')).toBe(holder === 'ours');
      expect(old.log.some((line) => line.includes('activating lvs'))).toBe(holder === 'old');
      pair.run(60_000);
      expect([pair.nobodyMs, pair.bothMs]).toEqual([0, 0]);
    }
  });

  it('takes over from an original that crashes, within the deadtime', () => {
    const { pair, old } = serving(role, 'old');
    old.crash();
    pair.run(20_000);
    expect(pair.holders()).toEqual([role]);
    expect(pair.nobodyMs).toBeLessThanOrEqual(lossBoundMs(pair));
  });

  it('is taken over from by an original within its deadtime', () => {
    const { pair, ours, old } = serving(role, 'ours');
    ours.crash();
    pair.run(20_000);
    expect(pair.holders()).toEqual([oldRole]);
    expect(old.log).toContain('partner dead: activating lvs');
    expect(pair.nobodyMs).toBeLessThanOrEqual(lossBoundMs(pair));
  });

  it('a planned stop of ours leaves nobody for no moment: the original serves first', () => {
    const { pair, ours, old } = serving(role, 'ours');
    ours.stop();
    pair.run(20_000);
    expect(ours.alive).toBe(false);
    expect(pair.holders()).toEqual([oldRole]);
    expect(pair.nobodyMs).toBe(0);
    // Ours lets go at the original's first "running", which may be a keepalive away.
    expect(pair.bothMs).toBeLessThanOrEqual(KEEPALIVE_MS + SLACK_MS);
    expect(old.log.some((line) => line.endsWith('inactive: activating lvs'))).toBe(true);
  });

  it('a handover to an original has always a holder, and stays', () => {
    const { pair, ours } = serving(role, 'ours');
    ours.handover();
    pair.run(60_000);
    expect(ours.handovers).toEqual([true]);
    expect(pair.holders()).toEqual([oldRole]);
    expect(pair.nobodyMs).toBe(0);
    expect(pair.bothMs).toBeLessThanOrEqual(KEEPALIVE_MS + SLACK_MS);
  });

  it('a planned stop of an original has no farewell: nobody serves until its silence is noticed', () => {
    const { pair, old } = serving(role, 'old');
    old.stop();
    pair.run(20_000);
    expect(pair.holders()).toEqual([role]);
    expect(pair.nobodyMs).toBeGreaterThan(DEADTIME_MS - KEEPALIVE_MS - SLACK_MS - pair.times.deactivateMs);
    expect(pair.nobodyMs).toBeLessThanOrEqual(DEADTIME_MS + SLACK_MS);
    expect(pair.bothMs).toBe(0);
  });

  it('takes over at the "stopped" of an original that lost its lvsd, in a keepalive', () => {
    const { pair, old } = serving(role, 'old');
    old.send({ type: 'childEnded', how: '7 terminated with signal 9' });
    pair.run(20_000);
    expect(pair.holders()).toEqual([role]);
    expect(pair.nobodyMs).toBeLessThanOrEqual(KEEPALIVE_MS + SLACK_MS);
  });

  it('heals a split as the original does: the primary stays and announces, the backup yields', () => {
    for (const holder of ['ours', 'old'] as const) {
      const { pair, ours, old } = serving(role, holder);
      pair.cut.primary = true;
      pair.cut.backup = true;
      pair.run(4 * DEADTIME_MS);
      expect(pair.holders()).toEqual(['primary', 'backup']);
      pair.forget();
      pair.cut.primary = false;
      pair.cut.backup = false;
      pair.run(20_000);
      expect(pair.holders()).toEqual(['primary']);
      expect(pair.nobodyMs).toBe(0);
      expect(pair.bothMs).toBeLessThanOrEqual(tieBoundMs(pair));
      const [yields, announces] =
        role === 'primary'
          ? [
              old.log.includes('partner active: deactivating LVS'),
              ours.log.includes('PULSE_PARTNER_ACTIVE_ARP'),
            ]
          : [
              ours.log.includes('PULSE_PARTNER_ACTIVE_YIELD'),
              old.log.includes('partner active: resending arps'),
            ];
      expect([yields, announces]).toEqual([true, true]);
    }
  });

  it('hands over to an original whose lvsd starts slowly, or undoes it, and is never without a holder', () => {
    for (const activateMs of [1_500, 3_500, 6_000, 10_000]) {
      const { pair, ours } = serving(role, 'ours');
      pair.times.activateMs = activateMs;
      ours.handover();
      pair.run(activateMs + 20_000);
      // It says nothing while it waits for its lvsd: behind the deadtime ours serves on, and the tie decides.
      const inTime = activateMs < DEADTIME_MS;
      expect(ours.handovers).toEqual([inTime]);
      expect(pair.holders(), `${activateMs}`).toEqual([inTime ? oldRole : 'primary']);
      expect(pair.nobodyMs).toBe(0);
      expect(pair.bothMs).toBeLessThanOrEqual(tieBoundMs(pair));
    }
  });

  it('a planned stop beside one that starts slowly leaves nobody for what it takes longer than the deadtime', () => {
    for (const activateMs of [1_500, 3_500, 6_000, 10_000]) {
      const { pair, ours } = serving(role, 'ours');
      pair.times.activateMs = activateMs;
      ours.stop();
      pair.run(activateMs + 20_000);
      expect(ours.alive).toBe(false);
      expect(pair.holders(), `${activateMs}`).toEqual([oldRole]);
      expect(pair.nobodyMs).toBeLessThanOrEqual(Math.max(0, activateMs - DEADTIME_MS + SLACK_MS));
    }
  });

  it('comes back while an original that took over still waits for its lvsd, and one holder is left', () => {
    for (const activateMs of [1_500, 3_500, 6_000, 10_000]) {
      const { pair, ours } = serving(role, 'ours');
      pair.times.activateMs = activateMs;
      ours.crash();
      pair.run(DEADTIME_MS + 1_000);
      pair.startOurs(role);
      pair.run(activateMs + 20_000);
      expect(pair.holders(), `${activateMs}`).toHaveLength(1);
      expect(pair.nobodyMs).toBeLessThanOrEqual(
        Math.min(lossBoundMs(pair), 2 * DEADTIME_MS + KEEPALIVE_MS + SLACK_MS),
      );
      expect(pair.bothMs).toBeLessThanOrEqual(tieBoundMs(pair));
    }
  });

  it('settles as one holder however both are started, and however long lvsd takes to start', () => {
    for (const activateMs of [0, 300, 1_500, 4_000, 10_000]) {
      for (const leadMs of [-5_000, -1_700, -900, -1, 0, 1, 900, 1_700, 5_000]) {
        const pair = new MixedPair();
        pair.times.activateMs = activateMs;
        const start = [() => void pair.startOurs(role), () => void pair.startOld(oldRole)];
        if (leadMs < 0) start.reverse();
        start[0]?.();
        pair.run(Math.abs(leadMs));
        start[1]?.();
        pair.run(activateMs + 20_000);
        const found = `${role} ${activateMs} ${leadMs}`;
        expect(pair.holders(), found).toHaveLength(1);
        expect(pair.bothMs, found).toBeLessThanOrEqual(tieBoundMs(pair));
        const [before] = pair.holders();
        pair.forget();
        pair.run(60_000);
        expect(pair.holders(), found).toEqual([before]);
        expect([pair.nobodyMs, pair.bothMs], found).toEqual([0, 0]);
      }
    }
  });

  it('stays with its holder when foreign and broken datagrams arrive in the partner’s name', () => {
    for (const holder of ['ours', 'old'] as const) {
      const { pair } = serving(role, holder);
      for (let round = 0; round < 200; round += 1) {
        pair.run(50);
        for (const to of ROLES) {
          pair.inject(to, Uint8Array.of(round, 1, 2, 3));
          pair.inject(to, Uint8Array.of(0xda, 0xdb, 0xad));
          pair.inject(to, oldWordBytes('hold', 'little'));
        }
      }
      expect([pair.nobodyMs, pair.bothMs]).toEqual([0, 0]);
    }
  });

  it('a big-endian original is understood, and answered so that it understands', () => {
    for (const holder of ['ours', 'old'] as const) {
      const { pair, ours, old } = serving(role, holder, { byteOrder: 'big' });
      expect(Buffer.from(old.sent[0] ?? []).toString('hex')).toMatch(/^(bdaddbda|adbddabd)$/);
      pair.run(60_000);
      expect([pair.nobodyMs, pair.bothMs]).toEqual([0, 0]);
      (holder === 'ours' ? ours : old).crash();
      pair.run(20_000);
      expect(pair.holders()).toEqual([holder === 'ours' ? oldRole : role]);
    }
  });

  it('an original that SIGHUP caught as a standby is silent for ever: ours serves on', () => {
    const { pair, ours, old } = serving(role, 'ours');
    old.send({ type: 'signal', signal: 'SIGHUP' });
    pair.run(60_000);
    expect(pair.holders()).toEqual([role]);
    expect([pair.nobodyMs, pair.bothMs]).toEqual([0, 0]);
    expect(ours.log).toContain('PULSE_PARTNER_LOST');
  });

  it('one stepped wall clock of an original makes two holders for no longer than a tie takes', () => {
    const { pair, old } = serving(role, 'ours');
    old.clockOffsetMs += 3_600_000;
    pair.run(20_000);
    expect(pair.holders()).toHaveLength(1);
    expect(pair.nobodyMs).toBe(0);
    expect(pair.bothMs).toBeLessThanOrEqual(tieBoundMs(pair));
  });
});

it('the bounds of planned moves and of losses hold at whatever moment of the beats they come', () => {
  for (const role of ROLES) {
    for (const activateMs of [0, 400, 900, 1_000, 1_500, DEADTIME_MS - KEEPALIVE_MS - 10]) {
      for (let phaseMs = 0; phaseMs < 2 * KEEPALIVE_MS; phaseMs += 170) {
        const at = (holder: 'ours' | 'old') => {
          const mixed = serving(role, holder);
          mixed.pair.times.activateMs = activateMs;
          mixed.pair.run(phaseMs);
          return mixed;
        };
        const found = `${role} ${activateMs} ${phaseMs}`;
        for (const move of ['stop', 'handover'] as const) {
          const { pair, ours } = at('ours');
          ours[move]();
          pair.run(20_000);
          expect(pair.holders(), found).toEqual([otherRole(role)]);
          expect(pair.nobodyMs, found).toBe(0);
          expect(pair.bothMs, found).toBeLessThanOrEqual(KEEPALIVE_MS + SLACK_MS);
        }
        for (const loss of ['stop', 'crash'] as const) {
          const { pair, old } = at('old');
          old[loss]();
          pair.run(20_000);
          expect(pair.holders(), found).toEqual([role]);
          expect(pair.nobodyMs, found).toBeLessThanOrEqual(DEADTIME_MS + SLACK_MS);
          expect(pair.bothMs, found).toBe(0);
        }
        const { pair, ours } = at('ours');
        ours.crash();
        pair.run(20_000);
        expect(pair.holders(), found).toEqual([otherRole(role)]);
        expect(pair.nobodyMs, found).toBeLessThanOrEqual(lossBoundMs(pair));
      }
    }
  }
});

describe('an original whose lvsd starts more slowly than a handover waits', () => {
  it.each(ROLES)('ours as the %s serves on; the tie that follows has its one end', (role) => {
    const { pair, ours } = serving(role, 'ours');
    pair.times.activateMs = 8_000;
    ours.handover();
    pair.run(60_000);
    expect(ours.handovers).toEqual([false]);
    expect(pair.holders()).toEqual(['primary']);
    expect(pair.nobodyMs).toBe(0);
    expect(pair.bothMs).toBeLessThanOrEqual(tieBoundMs(pair));
  });

  it.each(ROLES)(
    'a stop of ours as the %s leaves a gap: that silence counts as its death after the deadtime',
    (role) => {
      const { pair, ours } = serving(role, 'ours');
      pair.times.activateMs = 8_000;
      ours.stop();
      pair.run(60_000);
      expect(pair.holders()).toEqual([otherRole(role)]);
      expect(pair.nobodyMs).toBeLessThanOrEqual(8_000 - (DEADTIME_MS - KEEPALIVE_MS) + SLACK_MS);
    },
  );
});

/** An active original whose words get lost on the way to ours, which hears nothing and takes over. */
describe.each(['known', 'incompatible', 'obeyed'] as const)(
  'a release asked of an original that takes words of failover services as %s',
  (failoverWords) => {
    it.each(ROLES)('does no harm with ours as the %s, and one holder stays after the loss', (role) => {
      const { pair, old } = serving(role, 'old', { failoverWords });
      pair.cut[otherRole(role)] = true;
      pair.run(4 * DEADTIME_MS);
      expect(pair.holders()).toContain(role);
      // An original primary insists by its tie rule, unless it obeys.
      const insists = role === 'backup' && failoverWords !== 'obeyed';
      expect(pair.holders()).toHaveLength(insists ? 2 : 1);
      expect(old.alive).toBe(true);
      pair.cut[otherRole(role)] = false;
      pair.forget();
      pair.run(20_000);
      expect(pair.holders()).toHaveLength(1);
      expect(pair.nobodyMs).toBe(0);
      pair.forget();
      pair.run(60_000);
      expect([pair.nobodyMs, pair.bothMs]).toEqual([0, 0]);
    });
  },
);
