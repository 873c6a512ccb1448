import { setTimeout as pause } from 'node:timers/promises';
import type { NodeRole, PulseStatus } from '@piranha/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { oldWordBytes } from '../packages/lab/src/index.js';
import type { Director } from './support/director.js';
import { HolderSamples } from './support/holder-samples.js';
import { OldPartner } from './support/old-partner.js';
import { Pair } from './support/pair.js';
import { signal } from './support/processes.js';

/** The original knows whole seconds only. */
const TIMES = { keepaliveSeconds: 1, deadtimeSeconds: 3 } as const;
const KEEPALIVE_MS = TIMES.keepaliveSeconds * 1_000;
const DEADTIME_MS = TIMES.deadtimeSeconds * 1_000;
/** What a noisy machine may add to a bound; virtual clocks prove the bounds to the millisecond elsewhere. */
const NOISE_MS = 4_000;

const otherRole = (role: NodeRole): NodeRole => (role === 'primary' ? 'backup' : 'primary');
const eventsOf = ({ history }: PulseStatus) => history.map(({ event }) => event);

/** One of ours and one original, each in either role. */
class MixedStage {
  readonly pair: Pair;
  readonly ours: Director;
  readonly old: OldPartner;
  private watching: HolderSamples | undefined;

  constructor(
    readonly role: NodeRole,
    lines: readonly string[] = [],
  ) {
    this.pair = new Pair({ ...TIMES, lines: () => lines });
    this.ours = role === 'primary' ? this.pair.primary : this.pair.backup;
    this.old = new OldPartner(otherRole(role), this.pair.layout, TIMES);
  }

  watch(): HolderSamples {
    this.watching = new HolderSamples(this.pair.layout.vip, [this.ours, this.old]);
    return this.watching;
  }

  async ourHolding(): Promise<boolean> {
    return (await this.ours.heldAddresses()).includes(this.pair.layout.vip);
  }

  /** Waits until ours has this state and has heard the original say that word. */
  reached(state: PulseStatus['state'], partner: PulseStatus['partner']): Promise<unknown> {
    return this.pair.waitFor(`ours ${state}, the original ${partner}`, async () => {
      const status = await this.ours.pulse();
      return status.state === state && status.partner === partner;
    });
  }

  async endWatch(): Promise<void> {
    await this.watching?.stop();
    this.watching = undefined;
  }

  async stop(): Promise<void> {
    await this.endWatch();
    this.old.crash();
    await this.pair.stop();
  }
}

// Side by side: each has addresses of its own, and waits for whole seconds most of the time.
describe.concurrent.each([
  ['primary', 'beside', []],
  ['backup', 'beside', []],
  // What it announces stands where an original no longer reads.
  ['primary', 'announcing its own protocol beside', ['heartbeat_announce = 1']],
] as const)('ours as the %s, %s an original pulse', (role, _, lines) => {
  let stage: MixedStage;
  /** What an original reads of the datagrams that came: all of them, where nothing is announced. */
  const wordsHeard = () =>
    new Set(stage.old.heard.map(({ hex }) => (lines.length === 0 ? hex : hex.slice(0, 8))));
  beforeAll(async () => {
    stage = new MixedStage(role, lines);
    await stage.pair.startServers();
  });
  afterEach(() => stage.endWatch());
  afterAll(() => stage?.stop());

  it.sequential('joins an active original as a standby, with its words byte by byte on both paths', async () => {
    const { old, ours, pair } = stage;
    await old.start({ forceActive: true });
    await pair.waitFor('an original that serves', () => old.holding);
    const samples = stage.watch();
    ours.start();
    await stage.reached('standby', 'running');
    await pause(3 * KEEPALIVE_MS);
    expect(await samples.end()).toEqual({ nobodyMs: 0, bothMs: 0 });
    expect(eventsOf(await ours.pulse())).not.toContain('PULSE_ACTIVE');

    const { primary, backup, primaryPrivate, backupPrivate, heartbeatPort } = pair.layout;
    const addresses = role === 'primary' ? [primary, primaryPrivate] : [backup, backupPrivate];
    expect(wordsHeard()).toEqual(new Set(['bddabdad']));
    expect(new Set(old.heard.map(({ address }) => address))).toEqual(new Set(addresses));
    expect(new Set(old.heard.map(({ port }) => port))).toEqual(new Set([heartbeatPort]));
  });

  it.sequential('takes over from an original that crashes', async () => {
    const { old, ours } = stage;
    const samples = stage.watch();
    await pause(200);
    old.crash();
    await stage.reached('active', 'silent');
    await pause(300);
    const { nobodyMs, bothMs } = await samples.end();
    console.info(`${role}: the original crashed, nobody for ${Math.round(nobodyMs)} ms`);
    expect(nobodyMs).toBeGreaterThan(0);
    expect(nobodyMs).toBeLessThan(DEADTIME_MS + NOISE_MS);
    expect(bothMs).toBe(0);
    expect(eventsOf(await ours.pulse())).toContain('PULSE_PARTNER_DEAD');
  });

  it.sequential('is joined by an original without a failover, under traffic', async () => {
    const { old, pair } = stage;
    await pair.waitFor('servers in the table', async () => {
      const { services } = await stage.ours.lvsd();
      return services.every(({ servers }) => servers.every(({ health }) => health === 'up'));
    });
    const samples = stage.watch();
    const traffic = pair.traffic();
    const zeroMs = performance.now();
    await old.start();
    await stage.reached('active', 'stopped');
    await pause(DEADTIME_MS + KEEPALIVE_MS);
    await traffic.stop();
    expect(traffic.describe(zeroMs)).toBe('');
    expect(traffic.requests).toBeGreaterThan(10);
    expect(await samples.end()).toEqual({ nobodyMs: 0, bothMs: 0 });
    expect(old.holding).toBe(false);
    expect(wordsHeard()).toEqual(new Set(['dadbadbd']));
  });

  it.sequential('drops short and unknown datagrams, and words of failover services change nothing', async () => {
    const { old, ours } = stage;
    const samples = stage.watch();
    old.sendRaw(Uint8Array.of(0xda, 0xdb, 0xad));
    old.sendRaw(Uint8Array.of(1, 2, 3, 4));
    for (const word of ['hold', 'held', 'fos running', 'fos stopped'] as const) {
      old.sendRaw(oldWordBytes(word, 'little'));
    }
    await stage.pair.waitFor('both in the log', async () => {
      const events = eventsOf(await ours.pulse());
      return events.includes('PULSE_BAD_LENGTH') && events.includes('PULSE_BAD_WORD');
    });
    await pause(2 * KEEPALIVE_MS);
    expect(await samples.end()).toEqual({ nobodyMs: 0, bothMs: 0 });
    expect(await ours.pulse()).toMatchObject({ state: 'active', partner: 'stopped' });
  });

  it.sequential('a planned stop of ours: the original serves before ours lets go', async () => {
    const { old, ours } = stage;
    const samples = stage.watch();
    await pause(200);
    signal(await ours.guardianPid(), 'SIGTERM');
    expect(await ours.ended()).toBe(0);
    await pause(DEADTIME_MS);
    const { nobodyMs, bothMs } = await samples.end();
    expect(nobodyMs).toBe(0);
    expect(bothMs).toBeLessThan(KEEPALIVE_MS + NOISE_MS);
    expect(old.active).toBe(true);
    expect(old.log.some((line) => line.endsWith('inactive: activating lvs'))).toBe(true);
  });

  it.sequential('a planned stop of the original, which says no farewell: ours serves after the deadtime', async () => {
    const { old, ours } = stage;
    ours.start();
    await stage.reached('standby', 'running');
    const samples = stage.watch();
    await pause(200);
    await old.stop();
    await stage.reached('active', 'silent');
    await pause(300);
    const { nobodyMs, bothMs } = await samples.end();
    console.info(`${role}: the original was stopped, nobody for ${Math.round(nobodyMs)} ms`);
    expect(nobodyMs).toBeLessThan(DEADTIME_MS + NOISE_MS);
    expect(bothMs).toBe(0);
  });

  it.sequential('heals after a split: the primary stays and announces again, the backup yields', async () => {
    const { old, ours, pair } = stage;
    await old.start();
    await stage.reached('active', 'stopped');
    old.isCut = true;
    await pair.waitFor('an original that takes over too', () => old.holding);
    await pause(2 * KEEPALIVE_MS);
    expect([await stage.ourHolding(), old.holding]).toEqual([true, true]);
    const samples = stage.watch();
    old.isCut = false;
    await pair.waitFor('one holder', async () => (await stage.ourHolding()) !== old.holding);
    await pause(DEADTIME_MS);
    const { nobodyMs, bothMs } = await samples.end();
    expect(nobodyMs).toBe(0);
    expect(bothMs).toBeLessThan(KEEPALIVE_MS + NOISE_MS);
    expect(old.holding).toBe(old.role === 'primary');
    const events = eventsOf(await ours.pulse());
    expect(events).toContain(role === 'primary' ? 'PULSE_PARTNER_ACTIVE_ARP' : 'PULSE_PARTNER_ACTIVE_YIELD');
    expect(old.log).toContain(
      role === 'primary' ? 'partner active: deactivating LVS' : 'partner active: resending arps',
    );
  });

  it.sequential('an original that is heard no more is asked to release; one holder stays after the loss', async () => {
    const { old, ours, pair } = stage;
    if (!old.active) {
      signal(await ours.guardianPid(), 'SIGTERM');
      expect(await ours.ended()).toBe(0);
      await pair.waitFor('an original that serves', () => old.active);
      ours.start();
    }
    await stage.reached('standby', 'running');
    old.heard.length = 0;
    old.isMute = true;
    const asked = 'dadaadde';
    await pair.waitFor('the word that asks', () => old.heard.some(({ hex }) => hex.startsWith(asked)));
    await pause(2 * KEEPALIVE_MS);
    expect(await stage.ourHolding()).toBe(true);
    // An original primary insists by its tie rule: it hears ours run, and announces again.
    expect(old.holding).toBe(old.role === 'primary');
    expect(old.log.some((line) => line.startsWith('Incompatible') || line.startsWith('bad'))).toBe(false);
    const samples = stage.watch();
    old.isMute = false;
    await pair.waitFor('one holder', async () => (await stage.ourHolding()) !== old.holding);
    await pause(DEADTIME_MS);
    expect((await samples.end()).nobodyMs).toBe(0);
    expect((await stage.ourHolding()) !== old.holding).toBe(true);
  });

  it.sequential('booted together with an original, one serves and goes on serving', async () => {
    const { old, ours, pair } = stage;
    old.crash();
    await ours.crash();
    ours.start();
    await old.start();
    await pair.waitFor('a holder', async () => (await stage.ourHolding()) || old.holding);
    await pause(DEADTIME_MS);
    const samples = stage.watch();
    await pause(DEADTIME_MS + KEEPALIVE_MS);
    expect(await samples.end()).toEqual({ nobodyMs: 0, bothMs: 0 });
    expect((await stage.ourHolding()) !== old.holding).toBe(true);
  });

  it.sequential('a crash of ours: the original serves after its deadtime', async () => {
    const { old, ours, pair } = stage;
    if (old.active) {
      await old.stop();
      await stage.reached('active', 'silent');
      await old.start();
    }
    await stage.reached('active', 'stopped');
    await ours.crash();
    await pair.waitFor('an original that serves', () => old.holding);
    expect(old.log).toContain('partner dead: activating lvs');
  });
});

describe.concurrent('an original on a big-endian machine', () => {
  let stage: MixedStage;
  beforeAll(async () => {
    stage = new MixedStage('backup');
    await stage.pair.startServers();
  });
  afterAll(() => stage?.stop());

  it('is understood and answered in its own order, also while pulse is restarted', async () => {
    const { ours, pair } = stage;
    const old = new OldPartner('primary', pair.layout, { ...TIMES, byteOrder: 'big', forceActive: true });
    try {
      await old.start();
      ours.start();
      await stage.reached('standby', 'running');
      await pair.waitFor('an answer that it understands', () => old.heard.at(-1)?.hex === 'adbddabd');
      signal((await ours.pulse()).pid, 'SIGKILL');
      await stage.reached('standby', 'running');
      old.heard.length = 0;
      await pair.waitFor('the same again', () => old.heard.at(-1)?.hex === 'adbddabd');
      expect(await stage.ourHolding()).toBe(false);
    } finally {
      old.crash();
    }
  });
});

describe.concurrent('two originals become two of ours', () => {
  const pair = new Pair(TIMES);
  const old = {
    primary: new OldPartner('primary', pair.layout, TIMES),
    backup: new OldPartner('backup', pair.layout, TIMES),
  };
  afterAll(async () => {
    old.primary.crash();
    old.backup.crash();
    await pair.stop();
  });

  it('one node at a time: one holder all the time, but for one deadtime', async () => {
    await pair.startServers();
    await old.primary.start();
    await pair.waitFor('the first original', () => old.primary.holding);
    await old.backup.start();
    await pause(2 * KEEPALIVE_MS);
    const samples = new HolderSamples(pair.layout.vip, [old.primary, old.backup, pair.primary, pair.backup]);

    await old.backup.stop();
    pair.backup.start();
    await pair.waitFor('ours as its standby', async () => (await pair.backup.pulse()).partner === 'running');
    await pause(KEEPALIVE_MS);
    expect(old.primary.holding).toBe(true);
    await old.primary.stop();
    await pair.waitFor('ours in its place', async () => (await pair.backup.pulse()).active);
    pair.primary.start();
    expect((await pair.settled()).active.role).toBe('backup');

    const { nobodyMs, bothMs } = await samples.end();
    console.info(`migration: nobody for ${Math.round(nobodyMs)} ms`);
    expect(nobodyMs).toBeLessThan(DEADTIME_MS + NOISE_MS);
    expect(bothMs).toBe(0);
  });
});
