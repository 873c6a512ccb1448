import type { SyncDaemons } from '@piranha/ipvs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  planTakeover,
  stagesOf,
  type TakeoverAction,
  type TakeoverGoal,
  type TakeoverSeen,
  type TakeoverSettings,
} from '../../src/core/takeover.js';

const BACKUP_ONLY = 'net.ipv4.vs.backup_only';
const FIRST_VALUES: Readonly<Record<string, string>> = {
  [BACKUP_ONLY]: '0',
  'net.ipv4.vs.sync_threshold': '3 50',
  'net.ipv4.vs.sync_refresh_period': '0',
  'net.ipv4.vs.sync_retries': '0',
  'net.ipv4.vs.sloppy_tcp': '0',
  'net.ipv4.vs.expire_nodest_conn': '0',
  'net.ipv4.vs.expire_quiescent_template': '0',
};

const SYNC: TakeoverSettings = {
  failoverState: 'sync',
  syncInterface: 'eth1',
  syncId: 7,
  resetGuard: true,
  manageSysctls: true,
  hasIpvs: true,
  forwardsNat: false,
};

/** A node's kernel as far as a takeover touches it. */
class World {
  sysctls = new Map(Object.entries(FIRST_VALUES));
  record = new Map<string, string>();
  daemons: { master: SyncDaemons['master']; backup: SyncDaemons['backup'] } = {
    master: undefined,
    backup: undefined,
  };
  guardOn = false;
  held = false;
  announced = 0;

  constructor(readonly settings: TakeoverSettings) {}

  seen(): TakeoverSeen {
    return {
      sysctls: new Map(this.sysctls),
      recorded: this.record.size > 0,
      ...this.daemons,
      guardOn: this.guardOn,
      addressesHeld: this.held,
    };
  }

  apply(action: TakeoverAction): void {
    switch (action.type) {
      case 'sysctl': {
        const { name } = action;
        if (!this.record.has(name)) this.record.set(name, this.sysctls.get(name) ?? '');
        this.sysctls.set(name, action.value);
        return;
      }
      case 'restoreSysctls':
        for (const [name, value] of this.record) this.sysctls.set(name, value);
        this.record.clear();
        return;
      case 'guard':
        this.guardOn = action.on;
        return;
      case 'sync': {
        const { syncInterface, syncId } = this.settings;
        // The kernel refuses a second daemon of the same side.
        if (action.run) expect(this.daemons[action.side]).toBeUndefined();
        const maxLength = action.side === 'master' ? 1 : 1472;
        this.daemons[action.side] = action.run ? { interface: syncInterface, syncId, maxLength } : undefined;
        return;
      }
      case 'addresses':
        this.held = action.hold;
        return;
      case 'announce':
        this.announced += 1;
    }
  }

  /** What must hold between any two steps. */
  check(): void {
    const { settings } = this;
    if (this.held && settings.manageSysctls && settings.hasIpvs) {
      expect(this.sysctls.get(BACKUP_ONLY)).toBe('0');
    }
  }

  /** Goes to a goal, or crashes before step `crashAt`. True if the goal was reached. */
  reach(goal: TakeoverGoal, crashAt = Number.POSITIVE_INFINITY): boolean {
    const steps = planTakeover(this.settings, goal, this.seen());
    for (const [index, { action }] of steps.entries()) {
      if (index === crashAt) return false;
      this.apply(action);
      this.check();
    }
    expect(planTakeover(this.settings, goal, this.seen())).toEqual([]);
    return true;
  }

  snapshot() {
    return { ...this.seen(), sysctls: Object.fromEntries(this.sysctls) };
  }
}

const ids = (world: World, goal: TakeoverGoal) =>
  planTakeover(world.settings, goal, world.seen()).map(({ id }) => id);

describe('the order of a takeover with sync', () => {
  it('prepares a standby: settings, backup side', () => {
    expect(ids(new World(SYNC), 'standby')).toEqual([
      'sync.start.backup',
      'sysctl.net.ipv4.vs.backup_only',
      'sysctl.net.ipv4.vs.sync_threshold',
      'sysctl.net.ipv4.vs.sync_refresh_period',
      'sysctl.net.ipv4.vs.sync_retries',
      'sysctl.net.ipv4.vs.expire_nodest_conn',
      'sysctl.net.ipv4.vs.expire_quiescent_template',
    ]);
  });

  it('takes: backup_only off, guard and addresses together, announcement, then the master side', () => {
    const world = new World(SYNC);
    world.reach('standby');
    const stages = stagesOf(planTakeover(SYNC, 'serving', world.seen()));
    expect(stages.map((stage) => stage.map(({ id }) => id))).toEqual([
      ['sysctl.net.ipv4.vs.backup_only'],
      ['guard.on', 'addresses.hold'],
      ['announce'],
      ['sync.start.master'],
    ]);
    world.reach('serving');
    expect(ids(world, 'settled')).toEqual(['sync.stop.backup', 'guard.off']);
  });

  it('releases: addresses first, the master side lingers', () => {
    const world = new World(SYNC);
    world.reach('settled');
    expect(ids(world, 'released')).toEqual([
      'addresses.drop',
      'sync.start.backup',
      'sysctl.net.ipv4.vs.backup_only',
    ]);
    world.reach('released');
    expect(world.daemons.master).toBeDefined();
    expect(ids(world, 'standby')).toEqual(['sync.stop.master']);
  });

  it('adopts what a crashed pulse left, and repairs what does not fit', () => {
    const world = new World(SYNC);
    world.reach('serving');
    world.daemons.master = { interface: 'eth0', syncId: 7, maxLength: 1 };
    expect(ids(world, 'serving')).toEqual(['sync.stop.master', 'sync.start.master']);
    world.reach('serving');
    world.daemons.master = { interface: 'eth1', syncId: 7, maxLength: 1472 };
    expect(ids(world, 'serving')).toEqual(['sync.stop.master', 'sync.start.master']);
    expect(world.guardOn).toBe(true);
  });

  it('takes or puts down whatever there is when nothing is known of the addresses', () => {
    const seen: TakeoverSeen = { ...new World(SYNC).seen(), addressesHeld: undefined };
    expect(planTakeover(SYNC, 'serving', seen).map(({ id }) => id)).toContain('addresses.hold');
    expect(planTakeover(SYNC, 'standby', seen).map(({ id }) => id)).toContain('addresses.drop');
  });

  it('leaves sysctls that cannot be read alone', () => {
    const seen: TakeoverSeen = { ...new World(SYNC).seen(), sysctls: new Map() };
    expect(planTakeover(SYNC, 'standby', seen).map(({ id }) => id)).toEqual(['sync.start.backup']);
  });
});

describe('other ways', () => {
  it('hash needs sloppy_tcp on both and no sync daemon', () => {
    const world = new World({ ...SYNC, failoverState: 'hash' });
    world.reach('standby');
    expect(world.sysctls.get('net.ipv4.vs.sloppy_tcp')).toBe('1');
    world.reach('serving');
    expect(world.sysctls.get('net.ipv4.vs.sloppy_tcp')).toBe('1');
    expect(world.daemons).toEqual({ master: undefined, backup: undefined });
  });

  it('without IPVS in the kernel only addresses move', () => {
    const world = new World({ ...SYNC, hasIpvs: false });
    expect(ids(world, 'standby')).toEqual([]);
    expect(ids(world, 'serving')).toEqual(['addresses.hold', 'announce']);
  });

  it('puts back what it wrote once it may not write any more', () => {
    const world = new World({ ...SYNC, manageSysctls: false });
    world.record.set(BACKUP_ONLY, '0');
    world.sysctls.set(BACKUP_ONLY, '1');
    expect(ids(world, 'serving')[0]).toBe('sysctl.restore');
  });
});

const settings = fc.record({
  failoverState: fc.constantFrom('sync' as const, 'hash' as const, 'none' as const),
  syncInterface: fc.constant('eth1'),
  syncId: fc.constant(7),
  resetGuard: fc.boolean(),
  manageSysctls: fc.boolean(),
  hasIpvs: fc.boolean(),
  forwardsNat: fc.constant(false),
});
const goals = fc.constantFrom<TakeoverGoal>('standby', 'serving', 'settled', 'released', 'stopped', 'left');
const history = fc.array(
  fc.record({ goal: goals, crashAt: fc.option(fc.nat(8), { nil: Number.POSITIVE_INFINITY }) }),
  { maxLength: 12 },
);

describe('any history of goals and crashes', () => {
  it('keeps backup_only off while serving, and a goal that is reached needs no further step', () => {
    fc.assert(
      fc.property(settings, history, (chosen, moves) => {
        const world = new World(chosen);
        for (const { goal, crashAt } of moves) {
          if (!world.reach(goal, crashAt)) continue;
          const serves = goal === 'serving' || goal === 'settled';
          const syncs = chosen.hasIpvs && chosen.failoverState === 'sync';
          if (goal !== 'left') expect(world.held).toBe(serves);
          if (serves && syncs) expect(world.daemons.master).toBeDefined();
          if (goal === 'standby') expect(world.daemons.backup !== undefined).toBe(syncs);
          if (goal !== 'serving' && goal !== 'released') expect(world.guardOn).toBe(false);
          if (goal === 'settled') expect(world.daemons.backup).toBeUndefined();
        }
      }),
    );
  });

  it('leaves everything as before after a stop, however it got there', () => {
    fc.assert(
      fc.property(settings, history, (chosen, moves) => {
        const world = new World(chosen);
        const before = world.snapshot();
        for (const { goal, crashAt } of moves) world.reach(goal, crashAt);
        world.reach('stopped');
        expect(world.snapshot()).toEqual(before);
      }),
    );
  });

  it('ends with everything as before but the addresses when it is left', () => {
    fc.assert(
      fc.property(settings, history, (chosen, moves) => {
        const world = new World(chosen);
        const before = world.snapshot();
        for (const { goal, crashAt } of moves) world.reach(goal, crashAt);
        const { held } = world;
        world.reach('left');
        expect(world.held).toBe(held);
        world.reach('stopped');
        expect(world.snapshot()).toEqual(before);
      }),
    );
  });

  it('is undone by the goal before', () => {
    fc.assert(
      fc.property(
        settings,
        fc.constantFrom('standby', 'settled', 'stopped'),
        goals,
        fc.nat(8),
        (...values) => {
          const [chosen, before, goal, crashAt] = values as [
            TakeoverSettings,
            TakeoverGoal,
            TakeoverGoal,
            number,
          ];
          const world = new World(chosen);
          // A standby that never served writes no backup_only without sync: let all values be settled first.
          world.reach('settled');
          world.reach(before);
          const there = world.snapshot();
          world.reach(goal, crashAt);
          world.reach(before);
          expect(world.snapshot()).toEqual(there);
        },
      ),
    );
  });
});

describe('a node whose partner may serve other groups at once', () => {
  const BOTH: TakeoverSettings = { ...SYNC, bothSides: true };

  it('tells and listens for as long as it serves, and never keeps its own packets from being scheduled', () => {
    const world = new World(BOTH);
    for (const goal of ['standby', 'serving', 'settled', 'settled'] as const) {
      for (const { action } of planTakeover(BOTH, goal, world.seen())) world.apply(action);
      const serves = goal !== 'standby';
      expect(world.daemons.master !== undefined).toBe(serves);
      expect(world.daemons.backup).toBeDefined();
      expect(world.sysctls.get(BACKUP_ONLY)).toBe(serves ? '0' : '1');
    }
    for (const { action } of planTakeover(BOTH, 'released', world.seen())) world.apply(action);
    expect(world.sysctls.get(BACKUP_ONLY)).toBe('1');
    for (const { action } of planTakeover(BOTH, 'stopped', world.seen())) world.apply(action);
    expect(world.daemons).toEqual({ master: undefined, backup: undefined });
  });

  it('guards further addresses that come while it serves', () => {
    const world = new World(BOTH);
    for (const { action } of planTakeover(BOTH, 'settled', world.seen())) world.apply(action);
    const more = planTakeover(BOTH, 'serving', { ...world.seen(), addressesHeld: undefined });
    expect(more.map(({ id }) => id)).toEqual(['guard.on', 'addresses.hold', 'announce']);
  });
});
