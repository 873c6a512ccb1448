import { createSecretKey, randomBytes } from 'node:crypto';
import type { PulseAlive, PulseAliveBeat } from '@piranha/protocol';
import { BeatCrypto, STAND_IN_LEAP } from '@piranha/protocol/beat';
import { beforeEach, describe, expect, it } from 'vitest';
import { heardOfBeat } from '../../src/core/beat-event.js';
import { type BeatContent, type BeatKeys, BeatVoice } from '../../src/core/beat-voice.js';
import { groupsOf } from '../../src/core/beat-words.js';
import { StandInVoice } from '../../src/core/stand-in-voice.js';

const ring = { sendId: 1, secrets: new Map([[1, createSecretKey(randomBytes(32))]]) };
const KEYS: BeatKeys = { sealer: new BeatCrypto(ring), sendId: 1, encrypt: true };
const READINESS = { tableLoaded: true, firstVerdicts: true, serversUp: 1, serversTotal: 1 };
const NAMES = ['alpha', 'beta', 'gamma'] as const;
type Name = (typeof NAMES)[number];

function content(duty: 'active' | 'standby' | 'releasing', heir?: string): BeatContent {
  return {
    ...{ keepaliveMs: 100, deadtimeMs: 400, priority: 175, reason: 'test', readiness: READINESS },
    groups: groupsOf(
      duty === 'active' ? 'lvs running' : 'lvs stopped',
      duty === 'releasing' ? 'active' : duty,
      [],
      heir,
    ),
    configuration: { hash: '0'.repeat(16), serial: 0 },
  };
}

let nowMs: number;
let voices: Record<Name, BeatVoice>;
let sent: number;

function say(from: Name, said = content(from === 'alpha' ? 'active' : 'standby')): Buffer {
  sent += 1;
  return voices[from].say(said, { name: 'public', sent }, nowMs);
}

/** Everybody beats, and is heard where `carries` says so. */
function beat(carries: (from: Name, to: Name) => boolean = () => true): void {
  nowMs += 100;
  for (const from of NAMES) {
    for (const to of NAMES) {
      if (to !== from && carries(from, to)) voices[to].hear(say(from), 'public', nowMs, from);
    }
  }
}

beforeEach(() => {
  [nowMs, sent] = [0, 0];
  const voice = (name: Name, digit: string) =>
    new BeatVoice(
      { node: name, boot: digit.repeat(16) },
      NAMES.filter((one) => one !== name),
      KEYS,
    );
  voices = { alpha: voice('alpha', 'a'), beta: voice('beta', 'b'), gamma: voice('gamma', 'c') };
});

describe('the voices of several directors', () => {
  it('open a session with each other one, and each number of a life counts once wherever it goes', () => {
    for (let turn = 0; turn < 4; turn += 1) beat();
    expect(voices.gamma.sessionOf('alpha')?.boot).toBe(voices.alpha.boot);
    expect(voices.gamma.sessionOf('beta')?.boot).toBe(voices.beta.boot);
    const packet = say('alpha');
    expect(voices.gamma.hear(packet, 'public', nowMs, 'alpha')).toMatchObject({
      type: 'counts',
      isNewest: true,
    });
    expect(voices.gamma.hear(packet, 'public', nowMs, 'alpha')).toMatchObject({ reason: 'duplicate' });
  });

  it('believe no beat on the path of another director', () => {
    for (let turn = 0; turn < 4; turn += 1) beat();
    const packet = say('alpha');
    expect(voices.gamma.hear(packet, 'public', nowMs, 'beta')).toMatchObject({ reason: 'other path' });
    expect(voices.gamma.hear(packet, 'public', nowMs, 'alpha')).toMatchObject({ type: 'counts' });
  });

  it('tell whom they hear serving to those who do not', () => {
    const parted = (from: Name, to: Name) => !(from === 'alpha' && to === 'gamma');
    for (let turn = 0; turn < 6; turn += 1) beat(parted);
    nowMs += 30;
    const outcome = voices.gamma.hear(say('beta'), 'public', nowMs, 'beta');
    if (outcome.type !== 'counts') throw new Error(outcome.reason);
    expect(heardOfBeat(outcome.beat)).toEqual({
      ...{
        type: 'heardOf',
        from: 'beta',
        rank: 1,
        duty: 'standby',
        heir: undefined,
        asksRelease: false,
        isReady: true,
      },
      relays: [{ name: 'alpha', ageMs: 30 }],
    });
  });

  it('go by the times that the living show, and by those of a dead one no more', () => {
    for (let turn = 0; turn < 4; turn += 1) beat();
    expect(voices.gamma.shownTimes(nowMs).map(({ deadtimeMs }) => deadtimeMs)).toEqual([400, 400]);
    for (let turn = 0; turn < 6; turn += 1) beat((from) => from !== 'alpha');
    expect(voices.gamma.shownTimes(nowMs)).toHaveLength(1);
  });

  it('name the heir of a handover, and who is not ready', () => {
    for (let turn = 0; turn < 4; turn += 1) beat();
    const said = { ...content('releasing', 'gamma'), failure: 'link down' };
    const outcome = voices.gamma.hear(say('alpha', said), 'public', nowMs, 'alpha');
    if (outcome.type !== 'counts') throw new Error(outcome.reason);
    expect(heardOfBeat(outcome.beat)).toMatchObject({ duty: 'releasing', heir: 'gamma', isReady: false });
    expect(heardOfBeat({ ...outcome.beat, groups: [] })).toBeUndefined();
  });
});

describe('a guardian that stands in among several directors', () => {
  it('goes on in the session of each of them, and hears each of them', () => {
    for (let turn = 0; turn < 4; turn += 1) beat();
    const { boot, sequence } = voices.alpha;
    const lifeOf = (node: Name) => {
      const session = voices.alpha.sessionOf(node);
      if (session === undefined) throw new Error('no session');
      return { node, session: { boot: session.boot, sequence: session.window.newest } };
    };
    const others = [lifeOf('beta'), lifeOf('gamma')];
    const report: PulseAliveBeat = {
      ...{ node: 'alpha', partner: 'beta', keyFile: '', keysTaken: 1, encrypt: true, boot, sequence },
      ...{ priority: 200, configuration: { hash: '0'.repeat(16), serial: 0 }, readiness: READINESS, others },
    };
    const plan: PulseAlive = {
      ...{
        pid: 1,
        active: true,
        word: 'lvs running',
        keepaliveMs: 100,
        deadtimeMs: 400,
        port: 539,
        paths: [],
      },
      beat: report,
    };
    const guardian = new StandInVoice(KEYS);
    for (const name of ['beta', 'gamma'] as const) {
      const packet = guardian.say(plan, report, { word: 'lvs running' }, 'public', nowMs, name);
      const outcome = voices[name].hear(packet, 'public', nowMs, 'alpha');
      if (outcome.type !== 'counts') throw new Error(outcome.reason);
      expect(outcome).toMatchObject({ isNewest: true, boot, beat: { standIn: true, path: { sent: 1 } } });
      expect(heardOfBeat(outcome.beat)).toMatchObject({ duty: 'active', isReady: false });
      expect(voices[name].sessionOf('alpha')?.window.newest).toBeGreaterThan(STAND_IN_LEAP);
      const heard = guardian.hear(plan, report, 'public', say(name, content('active')), nowMs);
      expect(heard.word).toBe('lvs running');
    }
  });
});
