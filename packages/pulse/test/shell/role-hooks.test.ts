import type { LvsConfiguration } from '@piranha/config';
import type { Notice, Notifier } from '@piranha/notify';
import { pairBeatNames } from '@piranha/protocol/beat';
import { beforeEach, describe, expect, it } from 'vitest';
import { nextTickMs, stepPulse } from '../../src/core/machine.js';
import { NodeGroups } from '../../src/core/node-groups.js';
import { NO_NAMES } from '../../src/core/partner-name.js';
import { pulseSettings } from '../../src/core/settings.js';
import { startPulse } from '../../src/core/start.js';
import type { PulseState } from '../../src/core/types.js';
import { GroupRoles } from '../../src/shell/group-roles.js';
import type { LoadedSettings } from '../../src/shell/load-settings.js';
import { RoleHooks } from '../../src/shell/role-hooks.js';

const CONFIGURATION = {
  primary: '192.0.2.1',
  backup: '192.0.2.2',
  backupActive: true,
  keepaliveMs: 100,
  deadtimeMs: 400,
  activeCommand: '/bin/active',
  inactiveCommand: '/bin/inactive',
  virtualServers: [],
  witness: { targets: [] },
  notify: { activeCommandWaits: false, inactiveCommandWaits: false, waitsToLeave: false },
} as unknown as LvsConfiguration;
const LOADED: LoadedSettings = {
  configuration: CONFIGURATION,
  settings: pulseSettings(CONFIGURATION, 'backup'),
  paths: [],
  hash: '0'.repeat(16),
  names: pairBeatNames('backup'),
  directorNames: NO_NAMES,
  beat: undefined,
  warnings: [],
};
const STANDBY: PulseState = {
  ...startPulse(LOADED.settings, { type: 'fresh' }, 0).state,
  partnerWord: 'lvs running',
};
const TAKING: PulseState = { ...STANDBY, duty: 'taking', reason: 'partner dead', partnerWord: undefined };
const ACTIVE: PulseState = { ...TAKING, duty: 'active' };
const wanted = () => true;

/** Keeps what it is told as short texts. */
class FakeNotifier {
  readonly seen: string[] = [];
  waits = false;

  tell({ environment }: Notice): void {
    this.seen.push(`tell ${environment.PIRANHA_NOTIFY}`);
  }
  mail({ environment }: Notice): void {
    this.seen.push(`mail ${environment.PIRANHA_NOTIFY}`);
  }
  runAwaited({ words, environment }: Notice): Promise<void> {
    this.seen.push(`await ${environment.PIRANHA_NOTIFY} ${words[2]} ${environment.PIRANHA_ROLE}`);
    return Promise.resolve();
  }
  run({ words, environment }: Notice): Promise<void> {
    this.seen.push(`run ${environment.PIRANHA_NOTIFY} ${words[2]} ${environment.PIRANHA_ROLE}`);
    return Promise.resolve();
  }
  waitFor(end: Promise<void>, command: string): Promise<void> {
    this.seen.push(`await ${command}`);
    return end;
  }
  runStateCommand({ command }: { readonly command: string }): Promise<void> {
    this.seen.push(command);
    return Promise.resolve();
  }
}

function awaiting(words: Partial<LvsConfiguration['notify']>): LoadedSettings {
  return { ...LOADED, configuration: { ...CONFIGURATION, notify: { ...CONFIGURATION.notify, ...words } } };
}

describe('what runs at a change of role', () => {
  let notifier: FakeNotifier;
  let hooks: RoleHooks;

  beforeEach(() => {
    notifier = new FakeNotifier();
    hooks = new RoleHooks(notifier as Partial<Notifier> as Notifier);
  });

  it('starts nothing while the addresses are being taken', () => {
    hooks.changed(LOADED, STANDBY, TAKING);
    expect(hooks.beforeTaking(LOADED, TAKING, undefined, wanted)).toBeUndefined();
    expect(notifier.seen).toEqual([]);
    hooks.changed(LOADED, TAKING, ACTIVE);
    expect(notifier.seen).toEqual(['tell partner-lost', 'tell active']);
  });

  it('tells the program ahead where a takeover waits for it, and then only the people', async () => {
    notifier.waits = true;
    await hooks.beforeTaking(LOADED, TAKING, undefined, wanted);
    hooks.changed(LOADED, STANDBY, TAKING);
    hooks.changed(LOADED, TAKING, ACTIVE);
    expect(notifier.seen).toEqual(['await active MASTER active', 'tell partner-lost', 'mail active']);
    const other = { ...ACTIVE, duty: 'dropping' } as const;
    hooks.changed(LOADED, ACTIVE, other);
    hooks.changed(LOADED, other, { ...other, duty: 'standby', reason: 'partner took over' });
    expect(notifier.seen.at(-1)).toBe('tell standby');
  });

  it('waits for active_cmd where that was chosen, and then for the program', async () => {
    const loaded = awaiting({ activeCommandWaits: true });
    const command = () => hooks.runCommand(CONFIGURATION, 'active', 'partner dead');
    await hooks.beforeTaking(loaded, TAKING, command(), wanted);
    expect(notifier.seen.splice(0)).toEqual(['/bin/active', 'await /bin/active']);
    notifier.waits = true;
    hooks.runCommand(CONFIGURATION, 'inactive', 'yields');
    await hooks.beforeTaking(loaded, TAKING, command(), wanted);
    expect(notifier.seen.slice(1)).toEqual([
      '/bin/active',
      'await /bin/active',
      'await active MASTER active',
    ]);
    // One that ran already is not waited for.
    expect(hooks.beforeTaking(loaded, ACTIVE, command(), wanted)).toBeUndefined();
  });

  it('does not tell the program ahead of a takeover that was given up while active_cmd ran', async () => {
    notifier.waits = true;
    const loaded = awaiting({ activeCommandWaits: true });
    let end = () => {};
    const command = new Promise<void>((resolve) => {
      end = resolve;
    });
    let isWanted = true;
    const wait = hooks.beforeTaking(loaded, TAKING, command, () => isWanted);
    const dropping = { ...TAKING, duty: 'dropping' } as const;
    hooks.changed(loaded, TAKING, dropping);
    isWanted = false;
    hooks.changed(loaded, dropping, STANDBY);
    end();
    await wait;
    expect(notifier.seen.filter((line) => line.startsWith('await active'))).toEqual([]);
    expect(notifier.seen).toContain('tell standby');
  });

  it('tells of a move away ahead, and then only the people', async () => {
    hooks.adopted();
    const shutdown = {
      ...ACTIVE,
      leaving: { event: { type: 'shutdown', signal: 'SIGTERM' }, untilMs: 1 },
    } as const;
    await hooks.beforeLeaving(awaiting({ waitsToLeave: true }), shutdown, 'shutdown');
    expect(notifier.seen.splice(0)).toEqual(['/bin/inactive', 'run stopped STOP inactive']);
    hooks.changed(LOADED, ACTIVE, shutdown);
    hooks.changed(LOADED, shutdown, { ...ACTIVE, duty: 'dropping' });
    hooks.runCommand(CONFIGURATION, 'inactive', 'stopping');
    hooks.changed(LOADED, { ...ACTIVE, duty: 'dropping' }, { ...ACTIVE, duty: 'ended' });
    expect(notifier.seen).toEqual(['mail stopped']);
  });

  it('tells the programs that this node is active still when the move comes to nothing', async () => {
    hooks.adopted();
    const leaving = { ...ACTIVE, leaving: { event: { type: 'handover' }, untilMs: 1 } } as const;
    await hooks.beforeLeaving(
      awaiting({ inactiveCommandWaits: true, waitsToLeave: true }),
      leaving,
      'handover',
    );
    hooks.changed(LOADED, ACTIVE, leaving);
    hooks.changed(LOADED, leaving, { ...ACTIVE, duty: 'releasing' });
    expect(notifier.seen.splice(0)).toEqual(['/bin/inactive', 'run standby BACKUP inactive']);
    hooks.changed(LOADED, { ...ACTIVE, duty: 'releasing' }, { ...ACTIVE, reason: 'handover undone' });
    expect(notifier.seen.splice(0)).toEqual(['/bin/active', 'tell active']);
    hooks.changed(LOADED, ACTIVE, { ...ACTIVE, takenAtMs: 1 });
    expect(notifier.seen).toEqual([]);
  });

  it('tells them so too where the pulse that began the move ended first', () => {
    hooks.adopted(awaiting({ inactiveCommandWaits: true, waitsToLeave: true }).configuration);
    hooks.changed(LOADED, STANDBY, ACTIVE);
    expect(notifier.seen.splice(0)).toEqual(['/bin/active', 'tell active', 'tell partner-lost']);
    hooks.changed(LOADED, ACTIVE, { ...ACTIVE, takenAtMs: 1 });
    expect(notifier.seen).toEqual([]);
  });

  it('waits for nothing when a node that serves raises its addresses again', () => {
    notifier.waits = true;
    expect(hooks.beforeTaking(LOADED, ACTIVE, undefined, wanted)).toBeUndefined();
  });

  it('runs the commands of the old words once for each change', () => {
    hooks.runCommand(CONFIGURATION, 'inactive', 'started');
    hooks.runCommand(CONFIGURATION, 'inactive', 'partner took over');
    hooks.runCommand(CONFIGURATION, 'active', 'partner dead');
    expect(notifier.seen).toEqual(['/bin/inactive', '/bin/active']);
  });

  it('runs none for a pulse that goes on where another ended', () => {
    hooks.adopted();
    hooks.runCommand(CONFIGURATION, 'active', 'adopted');
    expect(notifier.seen).toEqual([]);
  });

  it('tells of a partner that is back only where it was missed', () => {
    const heard: PulseState = { ...STANDBY, partnerWord: 'lvs stopped' };
    hooks.changed(LOADED, { ...STANDBY, partnerWord: undefined }, heard);
    expect(notifier.seen).toEqual([]);
    hooks.changed(LOADED, { ...ACTIVE, partnerWord: 'lvs stopped' }, ACTIVE);
    hooks.changed(LOADED, ACTIVE, { ...ACTIVE, partnerWord: 'lvs stopped' });
    expect(notifier.seen).toEqual(['tell partner-lost', 'tell partner-back']);
  });
});

describe('what runs where lvs.cf has groups', () => {
  const seen: string[] = [];
  const notifier = {
    waits: false,
    tell: ({ words, environment, text }: Notice) => {
      seen.push(`${words.slice(0, 3).join(' ')} group=${environment.PIRANHA_GROUP ?? '-'} ${text}`);
    },
    runStateCommand: async ({ command, group }: { command: string; group?: string }) => {
      seen.push(`${command} ${group}`);
    },
  };
  const hooksOf = (name: string, isPhantom = false): RoleHooks =>
    new RoleHooks(notifier as unknown as Notifier, () => ({ name, isPhantom, nodeHolds: true }));
  const FAILED: PulseState = { ...ACTIVE, failure: 'link down' };

  beforeEach(() => void seen.splice(0));

  it('tells of each group by its name', () => {
    hooksOf('post').changed(LOADED, TAKING, ACTIVE);
    hooksOf('post').runCommand(CONFIGURATION, 'active', 'partner dead');
    expect(seen[0]).toMatch(/^INSTANCE post MASTER group=post group post: /);
    expect(seen[1]).toBe('/bin/active post');
  });

  it('tells of the node once, in its own name', () => {
    hooksOf('post').changed(LOADED, ACTIVE, FAILED);
    expect(seen).toEqual([]);
    hooksOf('main', true).changed(LOADED, STANDBY, { ...STANDBY, failure: 'link down' });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatch(/^INSTANCE lvs FAULT group=- /);
  });

  it('says nothing of a main group without an address', () => {
    hooksOf('main', true).changed(
      LOADED,
      { ...TAKING, partnerWord: 'lvs stopped' },
      {
        ...ACTIVE,
        partnerWord: 'lvs stopped',
      },
    );
    expect(seen).toEqual([]);
  });
});

describe('where blocks name every virtual server', () => {
  it('what concerns the node is told all the same, and of the main group nothing', () => {
    const notifier = new FakeNotifier();
    const groups = new NodeGroups({ startPulse, stepPulse, nextTickMs }, [
      { name: 'main', preferred: 'primary', vips: [] },
      { name: 'post', preferred: 'backup', vips: ['192.0.2.100'] },
    ]);
    groups.start(LOADED.settings, () => ({ type: 'fresh' }), 0, undefined);
    const roles = new GroupRoles(notifier as Partial<Notifier> as Notifier, groups);
    const become = (main: PulseState, post: PulseState): void => {
      const before = groups.all;
      const states = new Map(Object.entries({ main, post }));
      groups.regroup(groups.plans, states);
      roles.tell(LOADED, before, () => LOADED.settings);
    };
    const lost: PulseState = { ...ACTIVE, partnerWord: undefined };
    become({ ...ACTIVE, partnerWord: 'lvs stopped' }, STANDBY);
    become(lost, { ...TAKING });
    become(lost, ACTIVE);
    become({ ...lost, failure: 'eth0 is down' }, { ...ACTIVE, failure: 'eth0 is down' });
    expect(notifier.seen).toEqual(['tell partner-lost', 'tell active', 'tell fault']);
  });
});
