import type { SyncDaemons, SyncSide } from '@piranha/ipvs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SETTLE_MS, type TakeoverSettings } from '../../src/core/takeover.js';
import { Takeover, type TakeoverParts } from '../../src/takeover/takeover.js';

const SETTINGS: TakeoverSettings = {
  failoverState: 'sync',
  syncInterface: 'eth1',
  syncId: 7,
  resetGuard: true,
  manageSysctls: true,
  hasIpvs: true,
  forwardsNat: true,
};

/** Parts that remember what was done, and that fail or hang where a test says so. */
class FakeParts {
  readonly done: string[] = [];
  readonly logged: { id: string; fields: Record<string, unknown> }[] = [];
  readonly failing = new Map<string, string>();
  readonly hanging = new Set<string>();
  readonly sysctls = new Map([
    ['net.ipv4.ip_forward', '0'],
    ['net.ipv4.vs.backup_only', '0'],
    ['net.ipv4.vs.sync_threshold', '3 50'],
  ]);
  readonly record = new Map<string, string>();
  daemons: { master: SyncDaemons['master']; backup: SyncDaemons['backup'] } = {
    master: undefined,
    backup: undefined,
  };
  guardOn = false;
  private version = 0;

  private async act(what: string): Promise<void> {
    this.done.push(what);
    const problem = this.failing.get(what);
    if (problem !== undefined) throw new Error(problem);
    if (this.hanging.has(what)) await new Promise(() => {});
  }

  private side(side: SyncSide, device?: string, syncId = 0): void {
    this.daemons[side] =
      device === undefined
        ? undefined
        : { interface: device, syncId, maxLength: side === 'master' ? 1 : 1472 };
  }

  private async addresses(what: string): Promise<boolean> {
    this.version += 1;
    const { version } = this;
    await this.act(what);
    return version === this.version;
  }

  parts(): TakeoverParts {
    return {
      sysctls: {
        read: () => new Map(this.sysctls),
        recorded: false,
        write: (name, value) => {
          this.done.push(`${name}=${value}`);
          this.sysctls.set(name, value);
        },
        restore: () => this.done.push('restore'),
      },
      sync: {
        state: async () => {
          await this.act('sync.look');
          return { ...this.daemons };
        },
        start: async (side, device, syncId) => {
          await this.act(`start ${side}`);
          this.side(side, device, syncId);
        },
        stop: async (side) => {
          await this.act(`stop ${side}`);
          this.side(side);
        },
      },
      guard: {
        prepare: async () => {
          await this.act('guard.prepare');
          return this.guardOn;
        },
        on: async ({ vips }) => this.act(`guard on ${vips.join(' ')}`),
        repair: async () => {},
        off: async () => this.act('guard off'),
        clean: async () => this.act('guard clean'),
      },
      guardTargets: () => ({ vips: ['10.0.0.100'], natServers: [] }),
      hold: () => this.addresses('hold'),
      drop: () => this.addresses('drop'),
      announce: () => void this.done.push('announce'),
      log: { log: (id, fields = {}) => void this.logged.push({ id, fields }) },
    };
  }

  /** What was done since the last call. */
  take(): string[] {
    return this.done.splice(0);
  }

  ids(): string[] {
    return this.logged.map(({ id }) => id);
  }
}

describe('carrying out a takeover', () => {
  let fake: FakeParts;
  let takeover: Takeover;

  beforeEach(async () => {
    vi.useFakeTimers();
    fake = new FakeParts();
    takeover = new Takeover(fake.parts(), SETTINGS);
    await takeover.look(false);
  });
  afterEach(() => {
    takeover.close();
    vi.useRealTimers();
  });

  it('warns of NAT without ip_forward and does not set it', () => {
    expect(fake.logged).toMatchObject([
      { id: 'PULSE_SYSCTL_ADVICE', fields: { name: 'net.ipv4.ip_forward' } },
    ]);
    expect(fake.sysctls.get('net.ipv4.ip_forward')).toBe('0');
  });

  it('takes, settles, releases, lingers: each step logged with its duration and reason', async () => {
    await takeover.standby('started');
    fake.take();
    expect(await takeover.take('partner dead')).toBe(true);
    expect(fake.take()).toEqual([
      'net.ipv4.vs.backup_only=0',
      'guard on 10.0.0.100',
      'hold',
      'announce',
      'start master',
    ]);
    expect(fake.logged.at(-1)).toMatchObject({
      id: 'PULSE_STEP',
      fields: { step: 'sync.start.master', durationMs: expect.any(Number), reason: 'partner dead' },
    });
    await vi.advanceTimersByTimeAsync(SETTLE_MS - 1);
    expect(fake.take()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(fake.take()).toEqual(['stop backup', 'guard off']);
    expect(takeover.status()).toMatchObject({ goal: 'settled', master: true, backup: false, guardOn: false });

    expect(await takeover.release('handover')).toBe(true);
    expect(fake.take()).toEqual(['drop', 'start backup', 'net.ipv4.vs.backup_only=1']);
    await vi.advanceTimersByTimeAsync(SETTLE_MS);
    expect(fake.take()).toEqual(['stop master']);
    expect(takeover.status()).toMatchObject({ goal: 'standby', master: false, backup: true });
  });

  it('does nothing twice', async () => {
    await takeover.take('first');
    fake.take();
    await takeover.take('again');
    expect(fake.take()).toEqual([]);
  });

  it('takes although every helper fails, and tells each failure once', async () => {
    for (const what of ['guard on 10.0.0.100', 'start master', 'start backup'])
      fake.failing.set(what, 'broken');
    await takeover.standby('started');
    fake.take();
    expect(await takeover.take('partner dead')).toBe(true);
    expect(fake.take()).toContain('announce');
    const failed = fake.logged.filter(({ id }) => id === 'PULSE_STEP_FAILED');
    expect(failed.map(({ fields }) => fields.step)).toEqual([
      'sync.start.backup',
      'guard.on',
      'sync.start.master',
    ]);
    await vi.advanceTimersByTimeAsync(SETTLE_MS + 30_000);
    expect(fake.logged.filter(({ id }) => id === 'PULSE_STEP_FAILED')).toHaveLength(3);
    fake.failing.clear();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(takeover.status().master).toBe(true);
  });

  it('ends a guard that was refused, for a part of it may be on', async () => {
    fake.failing.set('guard on 10.0.0.100', 'the lock is held');
    await takeover.take('partner dead');
    expect(takeover.status().guardOn).toBe(true);
    await vi.advanceTimersByTimeAsync(SETTLE_MS);
    expect(fake.take()).toContain('guard off');
    expect(takeover.status().guardOn).toBe(false);
  });

  it('leaves the addresses, and nothing else, for whoever serves next', async () => {
    await takeover.take('partner dead');
    await vi.advanceTimersByTimeAsync(SETTLE_MS);
    fake.take();
    await takeover.leave('asked to leave');
    const done = fake.take();
    expect(done).not.toContain('drop');
    expect(done).toContain('stop master');
    expect(takeover.status()).toMatchObject({ goal: 'left', master: false, backup: false, guardOn: false });
  });

  it('does not wait for a step that hangs when it has to take', async () => {
    fake.hanging.add('start backup');
    const standby = takeover.standby('started');
    await vi.advanceTimersByTimeAsync(10);
    fake.take();
    const taken = takeover.take('partner dead');
    expect(await standby).toBe(false);
    expect(await taken).toBe(true);
    // What the hanging step left is looked at once the addresses are announced, not before.
    expect(fake.take().filter((what) => !what.startsWith('net.'))).toEqual([
      'guard on 10.0.0.100',
      'hold',
      'announce',
      'sync.look',
      'start master',
    ]);
  });

  it('announces without a guard that is slow, and ends the guard in time', async () => {
    fake.hanging.add('guard on 10.0.0.100');
    const taken = takeover.take('partner dead');
    await vi.advanceTimersByTimeAsync(400);
    expect(fake.take()).not.toContain('announce');
    await vi.advanceTimersByTimeAsync(200);
    expect(await taken).toBe(true);
    expect(fake.take()).toContain('announce');
    await vi.advanceTimersByTimeAsync(SETTLE_MS);
    expect(fake.take()).toContain('guard off');
  });

  it('lets the last goal win while the addresses are not reached', async () => {
    fake.hanging.add('hold');
    const taken = takeover.take('claim');
    await vi.advanceTimersByTimeAsync(10);
    const released = takeover.release('partner active');
    expect(await taken).toBe(false);
    expect(await released).toBe(true);
    expect(fake.take()).not.toContain('announce');
    await vi.advanceTimersByTimeAsync(SETTLE_MS);
    expect(fake.take()).toContain('guard off');
  });

  it('adopts: a fitting master and a leftover guard stay, the guard ends in time', async () => {
    fake.daemons.master = { interface: 'eth1', syncId: 7, maxLength: 1 };
    fake.guardOn = true;
    const next = new Takeover(fake.parts(), SETTINGS);
    await next.look(true);
    fake.take();
    await next.take('adopted');
    expect(fake.take().filter((what) => !what.startsWith('net.'))).toEqual([]);
    await vi.advanceTimersByTimeAsync(SETTLE_MS);
    expect(fake.take()).toEqual(['guard off']);
    next.close();
  });

  it('stops after the linger, and at once where no partner serves', async () => {
    await takeover.take('no partner');
    await vi.advanceTimersByTimeAsync(SETTLE_MS);
    await takeover.release('stopping');
    fake.take();
    const stopped = takeover.stop('stopping', true);
    await vi.advanceTimersByTimeAsync(SETTLE_MS - 1);
    expect(fake.take()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await stopped;
    expect(fake.take()).toEqual(['stop master', 'stop backup', 'guard clean']);

    await takeover.take('again');
    fake.take();
    await takeover.stop('stopping', false);
    expect(fake.take()).toEqual(['drop', 'stop master', 'guard off', 'guard clean']);
  });

  it('ends the sync daemon when a reload leaves sync', async () => {
    await takeover.take('started');
    fake.take();
    await takeover.configure({ ...SETTINGS, failoverState: 'none' }, 'reload');
    expect(fake.take()[0]).toBe('stop master');
    expect(takeover.status()).toMatchObject({ master: false, backup: false });
  });

  it('moves the sync daemon when a reload changes its interface', async () => {
    await takeover.take('started');
    fake.take();
    await takeover.configure({ ...SETTINGS, syncInterface: 'eth2' }, 'reload');
    expect(fake.take()).toEqual(['stop master', 'start master']);
    expect(fake.daemons.master?.interface).toBe('eth2');
  });

  it('goes on without a guard that cannot be had', async () => {
    const other = new FakeParts();
    other.failing.set('guard.prepare', 'neither nft nor iptables works');
    const next = new Takeover(other.parts(), SETTINGS);
    await next.look(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(other.logged.find(({ id }) => id === 'PULSE_STEP_FAILED')).toMatchObject({
      id: 'PULSE_STEP_FAILED',
      fields: { step: 'guard.prepare', outcome: 'addresses are taken without it' },
    });
    expect(await next.take('claim')).toBe(true);
    next.close();
  });
});
