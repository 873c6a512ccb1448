import type { HeartbeatWord, NodeRole } from '@piranha/protocol';
import type { GroupDuty } from '@piranha/protocol/beat';
import { beforeEach, describe, expect, it } from 'vitest';
import { groupsOf } from '../../src/core/beat-words.js';
import { type GroupEffect, groupFields } from '../../src/core/group-step.js';
import { nextTickMs, stepPulse } from '../../src/core/machine.js';
import { wordOf } from '../../src/core/moves.js';
import { NodeGroups } from '../../src/core/node-groups.js';
import { startPulse } from '../../src/core/start.js';
import type { PulseEvent } from '../../src/core/types.js';
import type { GroupPlan } from '../../src/core/vip-groups.js';
import { testSettings } from '../support/virtual-pair.js';

const PLANS: readonly GroupPlan[] = [
  { name: 'main', preferred: 'primary', vips: ['10.0.0.8'] },
  { name: 'post', preferred: 'backup', vips: ['10.0.0.9'] },
];
const MACHINES = { startPulse, stepPulse, nextTickMs };
const SETTINGS = testSettings('primary');

let groups: NodeGroups;
let nowMs: number;

function begin(plans: readonly GroupPlan[] = PLANS): readonly GroupEffect[] {
  nowMs = 1_000;
  groups = new NodeGroups(MACHINES, plans);
  return groups.start(SETTINGS, () => ({ type: 'fresh' }), nowMs, undefined);
}

function send(event: PulseEvent, group?: string): readonly GroupEffect[] {
  return groups.step(SETTINGS, (name) => (group === undefined || group === name ? event : undefined), nowMs);
}

function hear(...said: readonly GroupDuty[]): readonly GroupEffect[] {
  const main = said.find(({ name }) => name === 'main');
  const word: HeartbeatWord = main?.duty === 'active' ? 'lvs running' : 'lvs stopped';
  return groups.heard(SETTINGS, { main: word, beat: { groups: said } }, 0.5, nowMs);
}

const says = (name: string, duty: GroupDuty['duty']): GroupDuty => ({ name, duty });
const duties = () => Object.fromEntries([...groups.all].map(([name, { duty }]) => [name, duty]));

/** What is done, without the log: `group type`. */
const done = (effects: readonly GroupEffect[]): string[] =>
  effects.flatMap(({ group, effect }) => (effect.type === 'log' ? [] : [`${group} ${effect.type}`]));
const logged = (effects: readonly GroupEffect[]): string[] =>
  effects.flatMap(({ effect }) => (effect.type === 'log' ? [effect.event] : []));

/** Nothing is heard for so long, tick by tick. */
function silence(durationMs: number): void {
  const untilMs = nowMs + durationMs;
  while (nowMs < untilMs) {
    nowMs += 10;
    send({ type: 'tick', lateMs: 0 });
  }
}

/** The partner is dead, and everything is here. */
function takeAll(): void {
  silence(SETTINGS.deadtimeMs + 400);
  send({ type: 'taken' });
}

beforeEach(() => void begin());

describe('the groups of a node', () => {
  it('begin together, and what concerns the node is told once', () => {
    expect(logged(begin())).toEqual(['PULSE_START_PRIMARY']);
    expect(duties()).toEqual({ main: 'standby', post: 'standby' });
  });

  it('hear a word each: of the group that the partner serves, nothing is taken', () => {
    hear(says('main', 'standby'), says('post', 'active'));
    expect(duties()).toEqual({ main: 'claiming', post: 'standby' });
  });

  it('take a partner at its word for main where it does not know the group', () => {
    hear(says('main', 'active'));
    expect(groups.of('post').partnerWord).toBe('lvs running');
    hear(says('main', 'standby'));
    expect(groups.of('post').partnerWord).toBe('lvs stopped');
  });

  it('all take over from a dead partner', () => {
    hear(says('main', 'standby'), says('post', 'active'));
    takeAll();
    expect(duties()).toEqual({ main: 'active', post: 'active' });
    expect([...groups.held]).toEqual(['main', 'post']);
  });

  it('move alone: the beats tell of each', () => {
    takeAll();
    hear(says('main', 'standby'), says('post', 'standby'));
    const effects = send({ type: 'handover' }, 'post');
    expect(duties()).toEqual({ main: 'active', post: 'releasing' });
    expect(done(effects)).toEqual(['main send']);
    expect(groupsOf(wordOf(groups.main), groups.main.duty, groups.named())).toEqual([
      says('main', 'active'),
      says('post', 'releasing'),
    ]);
    expect(done(hear(says('main', 'standby'), says('post', 'active')))).toEqual([
      'post handoverResult',
      'post drop',
    ]);
    expect(duties()).toEqual({ main: 'active', post: 'dropping' });
  });

  it('say what they have to say in one beat, and the next one is due for all', () => {
    takeAll();
    nowMs += SETTINGS.keepaliveMs;
    expect(done(send({ type: 'tick', lateMs: 0 }))).toEqual(['main send']);
    expect(groups.main.nextSendMs).toBe(groups.of('post').nextSendMs);
  });

  it('decide a tie by who is preferred, and by the role while the files differ', () => {
    takeAll();
    silence(2 * SETTINGS.deadtimeMs);
    hear(says('main', 'active'), says('post', 'active'));
    expect(duties()).toEqual({ main: 'active', post: 'dropping' });
    begin();
    takeAll();
    groups.filesAgree = false;
    hear(says('main', 'active'), says('post', 'active'));
    expect(duties()).toEqual({ main: 'active', post: 'active' });
  });

  it('ask the partner to release one of them by its name', () => {
    hear(says('main', 'standby'), says('post', 'active'));
    silence(SETTINGS.deadtimeMs + 400);
    const asked = send({ type: 'taken' }, 'post').find(({ effect }) => effect.type === 'send');
    expect(asked).toEqual({ group: 'post', effect: { type: 'send', word: 'fos go inactive' } });
    expect(groups.named('post')[0]).toMatchObject({ name: 'post', asksRelease: true });
  });

  it('a stop ends the node when the last of them has ended', () => {
    takeAll();
    hear(says('main', 'standby'), says('post', 'standby'));
    expect(
      logged(send({ type: 'shutdown', signal: 'SIGTERM' })).filter((id) => id === 'PULSE_STOP'),
    ).toHaveLength(1);
    hear(says('main', 'active'), says('post', 'standby'));
    expect(done(send({ type: 'dropped' }, 'main'))).not.toContain('main exit');
    hear(says('main', 'active'), says('post', 'active'));
    expect(done(send({ type: 'dropped' }, 'post'))).toContain('main exit');
  });

  it('say nothing at all while one of them listens', () => {
    takeAll();
    send({ type: 'handover', force: true }, 'post');
    nowMs += 10 * SETTINGS.deadtimeMs;
    const effects = send({ type: 'tick', lateMs: 10 * SETTINGS.deadtimeMs });
    expect(logged(effects)).toContain('PULSE_SLEPT');
    expect(groups.isListening).toBe(true);
    expect(done(effects)).not.toContain('main send');
  });

  it('stay out together: an order is in force when it is for all', () => {
    hear(says('main', 'standby'), says('post', 'active'));
    const order = { unlessAlone: false, by: 'alice', at: '', reason: '' };
    const first = send({ type: 'maintenance', order, force: false }, 'post');
    expect(groups.maintenance).toBeUndefined();
    expect(logged(first)).not.toContain('PULSE_MAINTENANCE_ON');
    const last = send({ type: 'maintenance', order, force: true }, 'main');
    expect(groups.maintenance).toEqual(order);
    expect(logged(last)).toContain('PULSE_MAINTENANCE_ON');
  });

  it('say for each by its name why it cannot stay out', () => {
    const order = { unlessAlone: false, by: 'alice', at: '', reason: '' };
    const told = send({ type: 'maintenance', order, force: false }).flatMap(({ group, effect }) =>
      effect.type === 'log' ? [[effect.event, groupFields(effect, group, true)]] : [],
    );
    const reason = 'no partner is heard';
    expect(told).toEqual([
      ['PULSE_MAINTENANCE_REFUSED', { reason, group: 'main' }],
      ['PULSE_MAINTENANCE_REFUSED', { reason, group: 'post' }],
    ]);
  });

  it('tell of each that nobody serves while this director is kept out', () => {
    hear(says('main', 'active'), says('post', 'active'));
    const order = { unlessAlone: false, by: 'alice', at: '', reason: '' };
    send({ type: 'maintenance', order, force: false });
    hear(says('main', 'active'), says('post', 'standby'));
    nowMs += SETTINGS.deadtimeMs;
    const alarms = hear(says('main', 'active'), says('post', 'standby')).filter(
      ({ effect }) => effect.type === 'log' && effect.event === 'PULSE_MAINTENANCE_ALONE',
    );
    expect(alarms.map(({ group }) => group)).toEqual(['post']);
    const [alarm] = alarms.map(({ effect }) => effect);
    expect(alarm?.type === 'log' && groupFields(alarm, 'post', true)).toMatchObject({ group: 'post' });
  });

  it('are one where the file has no blocks, with the effects of one machine alone', () => {
    const alone: readonly GroupPlan[] = [{ name: 'main', preferred: 'primary', vips: SETTINGS.vips }];
    for (const role of ['primary', 'backup'] as const satisfies readonly NodeRole[]) {
      const settings = testSettings(role);
      const one = new NodeGroups(MACHINES, alone);
      const effects = one.start(settings, () => ({ type: 'fresh' }), 0, undefined);
      const machine = startPulse(settings, { type: 'fresh' }, 0);
      expect(effects.map(({ effect }) => effect)).toEqual(machine.effects);
      const beat = { groups: [says('main', 'standby')] };
      const heard = one.heard(settings, { main: 'lvs stopped', beat }, 0.5, 5);
      const step = stepPulse(settings, machine.state, { type: 'heard', word: 'lvs stopped', random: 0.5 }, 5);
      expect(heard.map(({ effect }) => effect)).toEqual(step.effects);
      expect(one.main).toEqual(step.state);
      expect(one.named()).toEqual([]);
    }
  });
});
