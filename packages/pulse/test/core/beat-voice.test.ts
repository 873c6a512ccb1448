import { createSecretKey, randomBytes } from 'node:crypto';
import type { HeartbeatWord } from '@piranha/protocol';
import { BeatCrypto, type BeatKeyRing, STAND_IN_LEAP } from '@piranha/protocol/beat';
import { describe, expect, it } from 'vitest';
import { type BeatContent, type BeatKeys, BeatVoice, type HeardOutcome } from '../../src/core/beat-voice.js';
import { groupsOf, wordOfBeat } from '../../src/core/beat-words.js';

const secrets = new Map([1, 2].map((id) => [id, createSecretKey(randomBytes(32))]));
const ringOf = (sendId: number, ...ids: readonly number[]): BeatKeyRing => ({
  sendId,
  secrets: new Map([...secrets].filter(([id]) => ids.includes(id))),
});
const keysOf = (ring: BeatKeyRing, encrypt = true): BeatKeys => ({
  sealer: new BeatCrypto(ring),
  sendId: ring.sendId,
  encrypt,
});
const KEYS = keysOf(ringOf(1, 1));

function content(word: HeartbeatWord | undefined): BeatContent {
  return {
    keepaliveMs: 100,
    deadtimeMs: 400,
    priority: 100,
    groups: groupsOf(word, 'standby'),
    readiness: { tableLoaded: true, firstVerdicts: true, serversUp: 1, serversTotal: 1 },
    configuration: { hash: '0'.repeat(16), serial: 0 },
    reason: 'test',
  };
}

/** Two voices and what goes between them, on one path unless another is said. */
class Talk {
  nowMs = 0;
  primary = new BeatVoice({ node: 'primary', boot: 'a'.repeat(16) }, 'backup', KEYS);
  backup = new BeatVoice({ node: 'backup', boot: 'b'.repeat(16) }, 'primary', KEYS);
  readonly recorded: Buffer[] = [];
  private sent = 0;

  say(speaker: BeatVoice, word: HeartbeatWord | 'nothing' = 'lvs stopped', path = 'public'): Buffer {
    this.sent += 1;
    const said = content(word === 'nothing' ? undefined : word);
    const packet = speaker.say(said, { name: path, sent: this.sent }, this.nowMs);
    this.recorded.push(packet);
    return packet;
  }

  hear(listener: BeatVoice, packet: Buffer, path = 'public'): HeardOutcome {
    return listener.hear(packet, path, this.nowMs);
  }

  /** Both beat in turn until both believe each other. */
  open(): void {
    for (let turn = 0; turn < 4; turn += 1) {
      this.nowMs += 100;
      this.hear(this.backup, this.say(this.primary));
      this.hear(this.primary, this.say(this.backup));
    }
    expect(this.primary.session?.boot).toBe(this.backup.boot);
    expect(this.backup.session?.boot).toBe(this.primary.boot);
  }
}

describe('a session', () => {
  it('opens in two round trips when every wish to answer is granted', () => {
    const talk = new Talk();
    const first = talk.hear(talk.backup, talk.say(talk.primary));
    expect(first).toEqual({ type: 'dropped', reason: 'unproven', answer: true });
    const second = talk.hear(talk.primary, talk.say(talk.backup));
    expect(second).toMatchObject({ reason: 'unproven', answer: true });
    const third = talk.hear(talk.backup, talk.say(talk.primary));
    expect(third).toMatchObject({ type: 'counts', isNewest: true, answer: true });
    const fourth = talk.hear(talk.primary, talk.say(talk.backup));
    expect(fourth).toMatchObject({ type: 'counts', isNewest: true, answer: true });
  });

  it('opens by beats that say nothing of the addresses', () => {
    const talk = new Talk();
    talk.hear(talk.backup, talk.say(talk.primary, 'lvs running'));
    talk.hear(talk.primary, talk.say(talk.backup, 'nothing'));
    const outcome = talk.hear(talk.backup, talk.say(talk.primary, 'lvs running'));
    expect(outcome.type === 'counts' && wordOfBeat(outcome.beat)).toBe('lvs running');
    const silent = talk.hear(talk.primary, talk.say(talk.backup, 'nothing'));
    expect(silent.type === 'counts' && wordOfBeat(silent.beat)).toBeUndefined();
    expect(silent.type).toBe('counts');
  });
});

describe('what a path proves', () => {
  it('is only what came by it: a beat that was carried over is none, and does not spoil the real one', () => {
    const talk = new Talk();
    talk.open();
    const beat = talk.say(talk.backup, 'lvs running', 'public');
    expect(talk.hear(talk.primary, beat, 'private')).toEqual({
      type: 'dropped',
      reason: 'other path',
      answer: false,
    });
    expect(talk.hear(talk.primary, beat, 'public')).toMatchObject({ type: 'counts', isNewest: true });
  });

  it('is told to the partner, so that it sees on which paths it is heard', () => {
    const talk = new Talk();
    talk.open();
    talk.nowMs += 5_000_000_000;
    talk.hear(talk.primary, talk.say(talk.backup, 'lvs stopped', 'private'), 'private');
    talk.nowMs += 7;
    const outcome = talk.hear(talk.backup, talk.say(talk.primary));
    expect(outcome).toMatchObject({
      beat: { hears: [{ node: 'backup', paths: [{ name: 'public', ageMs: 0xffff_ffff }, { ageMs: 7 }] }] },
    });
  });

  it('counts a beat that came after a newer one, which changes no word', () => {
    const talk = new Talk();
    talk.open();
    const early = talk.say(talk.backup, 'lvs running', 'private');
    talk.hear(talk.primary, talk.say(talk.backup, 'lvs stopped'));
    expect(talk.hear(talk.primary, early, 'private')).toMatchObject({ type: 'counts', isNewest: false });
  });
});

describe('recordings', () => {
  it('of this session and of earlier lives count nowhere', () => {
    const talk = new Talk();
    talk.open();
    const past = talk.recorded.splice(0);
    talk.primary = new BeatVoice({ node: 'primary', boot: 'c'.repeat(16) }, 'backup', KEYS);
    talk.backup = new BeatVoice({ node: 'backup', boot: 'd'.repeat(16) }, 'primary', KEYS);
    talk.open();
    for (const packet of [...past, ...talk.recorded, ...past]) {
      expect(talk.hear(talk.primary, packet).type).toBe('dropped');
      expect(talk.hear(talk.backup, packet).type).toBe('dropped');
    }
    expect(talk.hear(talk.primary, talk.say(talk.backup)).type).toBe('counts');
  });

  it('are refused with the reason', () => {
    const talk = new Talk();
    talk.open();
    const reason = (packet: Buffer) => talk.hear(talk.primary, packet);
    expect(reason(Buffer.from('bddabdad', 'hex'))).toMatchObject({ reason: 'no envelope' });
    expect(reason(talk.say(talk.primary))).toMatchObject({ reason: 'own beat' });
    const changed = talk.say(talk.backup);
    changed[40] = (changed[40] ?? 0) ^ 1;
    expect(reason(changed)).toMatchObject({ reason: 'not authentic' });
    const stranger = new BeatVoice({ node: 'backup', boot: 'e'.repeat(16) }, 'primary', keysOf(ringOf(2, 2)));
    expect(reason(talk.say(stranger))).toMatchObject({ reason: 'unknown key' });
  });
});

describe('a guardian that speaks in the life of a worker', () => {
  it('is believed without a new session, and so is the worker that lives after all', () => {
    const talk = new Talk();
    talk.open();
    const worker = talk.primary;
    const boot = worker.boot;
    const guardian = new BeatVoice(
      { node: 'primary', boot },
      'backup',
      KEYS,
      worker.sequence + STAND_IN_LEAP,
    );
    // As the worker reported it.
    const { session } = worker;
    if (session === undefined) throw new Error('no session');
    guardian.resume(session.boot, session.window.newest, session.beat, talk.nowMs);
    expect(talk.hear(talk.backup, talk.say(guardian, 'lvs running'))).toMatchObject({ isNewest: true, boot });

    expect(talk.hear(talk.backup, talk.say(worker))).toMatchObject({ type: 'dropped', reason: 'too old' });
    // The echo of what it never said tells it.
    expect(talk.hear(worker, talk.say(talk.backup))).toMatchObject({ type: 'counts', answer: true });
    expect(worker.sequence).toBeGreaterThan(guardian.sequence + 2 ** 39);
    expect(talk.hear(talk.backup, talk.say(worker))).toMatchObject({ type: 'counts', isNewest: true });
  });

  it('goes on with the session of the worker, so that it believes no beat that the worker has had', () => {
    const talk = new Talk();
    talk.open();
    const { session, boot, sequence } = talk.primary;
    const had = talk.recorded.at(-1) as Buffer;
    const guardian = new BeatVoice({ node: 'primary', boot }, 'backup', KEYS, sequence + STAND_IN_LEAP);
    if (session === undefined) throw new Error('no session');
    guardian.resume(session.boot, session.window.newest, session.beat, talk.nowMs);
    expect(talk.hear(guardian, had)).toMatchObject({ type: 'dropped', reason: 'duplicate' });
    expect(talk.hear(guardian, talk.say(talk.backup, 'lvs running'))).toMatchObject({ isNewest: true });
  });

  it('says nothing that is newer than a worker which was told of it', () => {
    const talk = new Talk();
    talk.open();
    expect(talk.primary.leapOver(talk.primary.sequence)).toBe(false);
    expect(talk.primary.leapOver(talk.primary.sequence + 5)).toBe(true);
    expect(talk.hear(talk.backup, talk.say(talk.primary))).toMatchObject({ isNewest: true });
  });
});

it('changes the key in three steps, one side after the other, without losing a beat', () => {
  const talk = new Talk();
  talk.open();
  const steps = [ringOf(1, 1, 2), ringOf(2, 1, 2), ringOf(2, 2)];
  for (const ring of steps) {
    for (const voice of [talk.primary, talk.backup]) {
      voice.useKeys(keysOf(ring, false));
      expect(talk.hear(talk.backup, talk.say(talk.primary))).toMatchObject({ isNewest: true });
      expect(talk.hear(talk.primary, talk.say(talk.backup))).toMatchObject({ isNewest: true });
    }
  }
});
