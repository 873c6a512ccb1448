import { beforeEach, describe, expect, it } from 'vitest';
import { nextTickMs, stepPulse } from '../../src/core/machine.js';
import { NodeGroups } from '../../src/core/node-groups.js';
import { startPulse } from '../../src/core/start.js';
import type { PulseState } from '../../src/core/types.js';
import { GroupMover } from '../../src/shell/group-mover.js';
import type { RoleHooks } from '../../src/shell/role-hooks.js';
import { testSettings } from '../support/virtual-pair.js';

const SETTINGS = testSettings('primary');
const PLANS = [
  { name: 'main', preferred: 'primary', vips: ['10.0.0.8'] },
  { name: 'post', preferred: 'backup', vips: ['10.0.0.9'] },
] as const;

/** An lvsd that a test lets end; as the real one, it forgets whoever waited for its end before. */
class FakeLvsd {
  phase: 'idle' | 'running' | 'stopping' = 'running';
  private ended: (() => void) | undefined;

  start(): void {
    if (this.phase === 'idle') this.phase = 'running';
  }

  stop(): Promise<void> {
    this.phase = 'stopping';
    return new Promise((resolve) => {
      this.ended = resolve;
    });
  }

  async end(): Promise<void> {
    this.phase = 'idle';
    this.ended?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

let groups: NodeGroups;
let lvsd: FakeLvsd;
let dispatched: string[];
let mover: GroupMover;
/** What a takeover has to wait for, and whether the addresses are wanted still. */
let wait: Promise<void> | undefined;
let isWanted: () => boolean;

function be(duties: Readonly<Record<string, PulseState['duty']>>): void {
  const states = [...groups.all].map(([name, state]) => [
    name,
    { ...state, duty: duties[name] ?? 'standby' },
  ]);
  groups.regroup(PLANS, new Map(states as never));
}

beforeEach(() => {
  groups = new NodeGroups({ startPulse, stepPulse, nextTickMs }, PLANS);
  groups.start(SETTINGS, () => ({ type: 'fresh' }), 0, undefined);
  [lvsd, dispatched, wait] = [new FakeLvsd(), [], undefined];
  const beforeTaking = (...[, , , asked]: Parameters<RoleHooks['beforeTaking']>) => {
    isWanted = asked;
    return wait;
  };
  const roles = { of: () => ({ runCommand: () => undefined, beforeTaking }) };
  mover = new GroupMover({
    backend: { take: async () => true, drop: async () => true, standBy: async () => undefined },
    lvsd,
    groups,
    roles: roles as never,
    loaded: () => ({ configuration: { standby: 'cold' }, settings: SETTINGS }) as never,
    dispatch: ({ type }, group) => void dispatched.push(`${group} ${type}`),
  });
});

const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('lvsd of a cold standby', () => {
  it('ends once for groups that go together, and each of them is told', async () => {
    be({ main: 'dropping', post: 'dropping' });
    void mover.drop('main');
    void mover.drop('post');
    await soon();
    await lvsd.end();
    expect(dispatched).toEqual(['main dropped', 'post dropped']);
    expect(lvsd.phase).toBe('idle');
  });

  it('is started again where a group came while it ended', async () => {
    be({ main: 'dropping' });
    void mover.drop('main');
    await soon();
    be({ main: 'dropping', post: 'taking' });
    mover.take('post');
    await lvsd.end();
    expect(lvsd.phase).toBe('running');
    expect(dispatched).toEqual(['post taken', 'main dropped']);
  });
});

describe('a takeover that waits for a program', () => {
  it('is wanted until it is given up or begun anew, and only then are the addresses taken', async () => {
    let end = () => {};
    wait = new Promise((resolve) => {
      end = resolve;
    });
    be({ main: 'taking' });
    mover.take('main');
    const isFirstWanted = isWanted;
    expect(isFirstWanted()).toBe(true);
    be({ main: 'dropping' });
    expect(isFirstWanted()).toBe(false);
    be({ main: 'taking' });
    mover.take('main');
    expect([isFirstWanted(), isWanted()]).toEqual([false, true]);
    end();
    await soon();
    expect(dispatched).toEqual(['main taken']);
  });
});
