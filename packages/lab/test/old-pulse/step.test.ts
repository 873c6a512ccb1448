import { expect, it } from 'vitest';
import {
  type ByteOrder,
  type OldPulseEvent,
  type OldPulseSettings,
  type OldPulseState,
  oldPulseDueMs,
  oldWordBytes,
  startOldPulse,
  stepOldPulse,
} from '../../src/index.js';

/** An original with a clock that the test sets. */
class Bench {
  nowMs = 1_000_000;
  state: OldPulseState;
  readonly did: string[] = [];
  private readonly settings: OldPulseSettings;

  constructor(overrides: Partial<OldPulseSettings> = {}) {
    this.settings = {
      role: 'primary',
      hasPartner: true,
      keepaliveSeconds: 2,
      deadtimeSeconds: 5,
      byteOrder: 'little',
      failoverWords: 'known',
      ...overrides,
    };
    const { state, effects } = startOldPulse(this.settings, this.nowMs);
    this.state = state;
    this.note(effects);
  }

  step(event: OldPulseEvent, afterMs = 0): this {
    this.nowMs += afterMs;
    const { state, effects } = stepOldPulse(this.settings, this.state, event, this.nowMs);
    this.state = state;
    this.note(effects);
    return this;
  }

  hear(word: Parameters<typeof oldWordBytes>[0], order: ByteOrder = 'little'): this {
    return this.bytes(oldWordBytes(word, order));
  }

  bytes(bytes: Uint8Array, fromPartner = true): this {
    return this.step({ type: 'datagram', datagram: { bytes, fromPartner } });
  }

  activated(): this {
    this.hear('lvs stopped').step({ type: 'activated' });
    this.did.length = 0;
    return this;
  }

  get dueInMs(): number {
    return oldPulseDueMs(this.state) - this.nowMs;
  }

  private note(effects: ReturnType<typeof stepOldPulse>['effects']): void {
    for (const effect of effects) {
      if (effect.type === 'log') this.did.push(effect.text);
      else if (effect.type === 'send') this.did.push(`send ${Buffer.from(effect.bytes).toString('hex')}`);
      else if (effect.type === 'command') this.did.push(effect.command);
      else if (effect.type === 'exit') this.did.push(`exit ${effect.status}`);
      else this.did.push(effect.type);
    }
  }
}

it('starts silent, sends first after a keepalive, and serves alone after the deadtime', () => {
  const old = new Bench();
  expect(old.did).toEqual(['STARTING PULSE AS MASTER', 'inactive_cmd']);
  expect(old.dueInMs).toBe(2_000);
  old.step({ type: 'tick' }, 2_000).step({ type: 'tick' }, 2_000);
  expect(old.did.slice(2)).toEqual(['send bddabdad', 'send bddabdad']);
  expect(old.dueInMs).toBe(1_000);
  old.step({ type: 'tick' }, 1_000);
  expect(old.did.slice(4)).toEqual(['partner dead: activating lvs', 'active_cmd', 'activate']);
  expect(old.state.holding).toBe(false);
  old.step({ type: 'activated' }, 900);
  expect(old.did.at(-1)).toBe('raise');
  // "running" only with the next beat.
  expect(old.dueInMs).toBe(100);
  old.step({ type: 'tick' }, 100);
  expect(old.did.at(-1)).toBe('send dadbadbd');
});

it('lets the send timer win a tie', () => {
  const old = new Bench({ keepaliveSeconds: 5 });
  old.step({ type: 'tick' }, 5_000);
  expect(old.did.at(-1)).toBe('send bddabdad');
  expect(old.dueInMs).toBe(0);
  old.step({ type: 'tick' });
  expect(old.did).toContain('partner dead: activating lvs');
});

it('neither sends nor reads while it activates, and reads afterwards what waited', () => {
  const old = new Bench({ role: 'backup' }).hear('lvs stopped');
  expect(old.did.slice(2)).toEqual(['primary inactive: activating lvs', 'active_cmd', 'activate']);
  expect(old.dueInMs).toBe(Infinity);
  old.hear('lvs running').step({ type: 'activated' }, 8_000);
  expect(old.did.slice(5)).toEqual([
    'raise',
    'send dadbadbd',
    'partner active: deactivating LVS',
    'inactive_cmd',
    'deactivate',
  ]);
  expect(old.state).toMatchObject({ active: false, holding: true });
  old.step({ type: 'deactivated' });
  expect(old.state.holding).toBe(false);
});

it('announces again in a tie as the primary, and stays', () => {
  const old = new Bench().activated().hear('lvs running');
  expect(old.did).toEqual(['partner active: resending arps', 'active_cmd', 'raise']);
  expect(old.state).toMatchObject({ active: true, busy: undefined });
});

it('drops what is not from the partner, too short or unknown; only words restart the dead timer', () => {
  const old = new Bench();
  old.nowMs += 1_000;
  const before = old.state;
  old.bytes(oldWordBytes('lvs stopped', 'little'), false);
  old.bytes(Uint8Array.of(1, 2, 3));
  old.bytes(Uint8Array.of(1, 2, 3, 4));
  old.hear('lvs stopped', 'big');
  expect(old.state).toEqual(before);
  const incompatible = 'Incompatible heartbeat received -- other system not using identical services';
  expect(old.did.slice(2)).toEqual(['bad heartbeat packet', incompatible, incompatible]);
  for (const word of ['hold', 'held', 'fos running', 'fos stopped', 'fos go inactive'] as const)
    old.hear(word);
  expect(old.state).toEqual({ ...before, deadAtMs: before.deadAtMs + 1_000 });
  old.bytes(Uint8Array.of(0xda, 0xdb, 0xad, 0xbd, 9, 9));
  expect(old.did).toHaveLength(5);
});

it('stops without a farewell: down first, then exit', () => {
  const old = new Bench().activated().step({ type: 'signal', signal: 'SIGTERM' });
  expect(old.did).toEqual(['Terminating due to signal 15', 'inactive_cmd', 'deactivate']);
  expect(old.step({ type: 'deactivated' }).did.at(-1)).toBe('exit 0');
  expect(old.state.phase).toBe('ended');
  const standby = new Bench().step({ type: 'signal', signal: 'SIGINT' });
  expect(standby.did.slice(2)).toEqual(['Terminating due to signal 2', 'inactive_cmd', 'exit 0']);
});

it('stops in the middle of an activation only when that is over, and takes down what it raised', () => {
  const old = new Bench().hear('lvs stopped').step({ type: 'signal', signal: 'SIGTERM' });
  expect(old.state.phase).toBe('running');
  old.step({ type: 'activated' }).step({ type: 'deactivated' });
  expect(old.did.slice(-4)).toEqual(['raise', 'inactive_cmd', 'deactivate', 'exit 0']);
});

it('is caught by SIGHUP as a standby and never heard of again', () => {
  const old = new Bench().step({ type: 'signal', signal: 'SIGHUP' });
  expect(old.dueInMs).toBe(Infinity);
  expect(old.hear('lvs stopped').did).toHaveLength(2);
  expect(new Bench().activated().step({ type: 'signal', signal: 'SIGHUP' }).did).toEqual(['reloadChild']);
});

it('gives up when lvsd dies, and takes nothing until the partner was heard running', () => {
  const old = new Bench().activated().step({ type: 'childEnded', how: '7 exited with status 0' });
  expect(old.did).toEqual(['Child process 7 exited with status 0', 'inactive_cmd', 'deactivate']);
  old.step({ type: 'deactivated' }).hear('lvs stopped').step({ type: 'tick' }, 2_000);
  old.step({ type: 'tick' }, 60_000).step({ type: 'tick' });
  expect(old.did.filter((what) => what === 'activate')).toEqual([]);
  old.hear('lvs running').hear('lvs stopped');
  expect(old.did).toContain('backup inactive: activating lvs');
});

it('lets go without a link, and is back under the old rules with it', () => {
  const old = new Bench().activated().step({ type: 'linkLost' }).step({ type: 'deactivated' });
  expect(old.did.slice(0, 2)).toEqual([
    'Local NIC link failure: Pulse disabled',
    'local link failure: deactivating LVS',
  ]);
  old.hear('lvs stopped');
  expect(old.state.busy).toBeUndefined();
  old.step({ type: 'linkRestored' }).hear('lvs stopped');
  expect(old.state.busy).toBe('activating');
});

it('without a partner: a backup ends at once, a primary sends nothing', () => {
  expect(new Bench({ role: 'backup', hasPartner: false }).did.at(-1)).toBe('exit 255');
  const alone = new Bench({ hasPartner: false }).step({ type: 'tick' }, 5_000).step({ type: 'activated' });
  expect(alone.did.some((what) => what.startsWith('send'))).toBe(false);
  expect(alone.state.holding).toBe(true);
});

it('forced active serves from the start', () => {
  const old = new Bench({ forceActive: true });
  expect(old.did).toContain('Forced active on startup: activating lvs');
  expect(old.state.busy).toBe('activating');
});

it('believes its wall clock: a step forward is a silence', () => {
  const old = new Bench({ role: 'backup' }).hear('lvs running').step({ type: 'tick' }, 2_000);
  old.step({ type: 'tick' }, 3_600_000).step({ type: 'tick' });
  expect(old.did).toContain('partner dead: activating lvs');
});

it('words of failover services are refused or obeyed where a test wants it so', () => {
  const refusing = new Bench({ failoverWords: 'incompatible' }).activated();
  const before = refusing.state;
  expect(refusing.hear('fos go inactive').state).toEqual(before);
  const obeying = new Bench({ failoverWords: 'obeyed' }).activated().hear('fos go inactive');
  expect(obeying.did[0]).toBe('PARTNER HAS TOLD US TO GO INACTIVE!');
  const backup = new Bench({ failoverWords: 'obeyed', role: 'backup' }).activated().hear('fos go inactive');
  expect(backup.did).toEqual([]);
});
