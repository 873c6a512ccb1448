import {
  BEAT_LIMITS,
  type Beat,
  type BeatSealer,
  type BeatSession,
  type BeatSessions,
  bootsToEcho,
  createBeatSessions,
  echoedSequence,
  type HeardNode,
  type ReceivedVerdict,
  receiveBeat,
  resumeSession,
  STAND_IN_LEAP,
  sealBeat,
} from '@piranha/protocol/beat';
import type { BeatDrop } from './beat-drops.js';

/** By what a node seals. */
export interface BeatKeys {
  readonly sealer: BeatSealer;
  readonly sendId: number;
  readonly encrypt: boolean;
}

/** What a beat says beside who sends it on which path and whom it hears. */
export type BeatContent = Omit<Beat, 'node' | 'hears' | 'path'>;

/** What became of a datagram. */
export type HeardOutcome =
  | {
      readonly type: 'counts';
      readonly beat: Beat;
      /** The partner's life. */
      readonly boot: string;
      /** The newest word of the partner; else only a sign of life of the path. */
      readonly isNewest: boolean;
      /** Something should be said at once. */
      readonly answer: boolean;
    }
  | {
      readonly type: 'dropped';
      readonly reason: BeatDrop;
      /** What exactly, where the reason does not say it. */
      readonly detail?: string;
      readonly answer: boolean;
    };

/** One life of this node: numbers what it says, and knows whom to believe. Changed in place, for each number is used once. */
export class BeatVoice {
  private sessions: BeatSessions;
  private readonly others: readonly string[];
  /** Of each other node, by path. */
  private readonly heardAtMs = new Map<string, Map<string, number>>();

  /**
   * @param others the partner, or every other director
   * @param ownSequence the number of the newest beat that was sent in this life
   */
  constructor(
    private readonly own: { readonly node: string; readonly boot: string },
    others: string | readonly string[],
    private keys: BeatKeys,
    private ownSequence = 0,
    /** By what it tells whom to believe. */
    private readonly receive: typeof receiveBeat = receiveBeat,
  ) {
    this.others = typeof others === 'string' ? [others] : others;
    this.sessions = createBeatSessions(own, this.others);
  }

  get boot(): string {
    return this.own.boot;
  }

  /** Number of the newest beat sent. */
  get sequence(): number {
    return this.ownSequence;
  }

  /** The partner's life that counts. */
  get session(): BeatSession | undefined {
    return this.sessionOf(this.others[0] ?? '');
  }

  /** The life of another node that counts. */
  sessionOf(node: string): BeatSession | undefined {
    return this.sessions.peers.get(node)?.session;
  }

  /**
   * The times that the others' beats show. Of several directors one that is dead by its own times shows none: it would make
   * the living wait for each other by a file that none of them has any more.
   */
  shownTimes(nowMs: number): readonly Pick<Beat, 'keepaliveMs' | 'deadtimeMs'>[] {
    const isPair = this.others.length === 1;
    return this.others.flatMap((name) => {
      const session = this.sessionOf(name);
      if (session === undefined) return [];
      return isPair || nowMs - session.heardMs <= session.beat.deadtimeMs ? [session.beat] : [];
    });
  }

  useKeys(keys: BeatKeys): void {
    this.keys = keys;
  }

  /** Somebody else spoke in this life up to `sequence`, if that is news: goes on where that one will never come. */
  leapOver(sequence: number): boolean {
    if (sequence <= this.ownSequence) return false;
    this.ownSequence = sequence + STAND_IN_LEAP;
    return true;
  }

  /** Goes on with the session of another process of this node, which heard `beat` last. */
  resume(boot: string, sequence: number, beat: Beat, nowMs: number): void {
    const session = this.sessionOf(beat.node);
    if (session?.boot === boot && session.window.newest >= sequence) return;
    this.sessions = resumeSession(this.sessions, { boot, sequence, beat }, nowMs);
  }

  /** The next beat, as a datagram for that path. @throws Error when it cannot be made, which is a fault of the caller */
  say(content: BeatContent, path: NonNullable<Beat['path']>, nowMs: number): Buffer {
    this.ownSequence += 1;
    const { sealer, sendId, encrypt } = this.keys;
    const header = { keyId: sendId, boot: this.own.boot, sequence: this.ownSequence, sealed: encrypt };
    const sealed = sealBeat(sealer, header, {
      ...content,
      node: this.own.node,
      hears: this.hears(nowMs),
      path,
    });
    if (sealed.type === 'refused') throw new Error(`heartbeat: ${sealed.reason}`);
    return sealed.packet;
  }

  /** Takes in whatever came by that path. Never throws. @param from whose path it is, where there are several others */
  hear(datagram: Buffer, pathName: string, nowMs: number, from?: string): HeardOutcome {
    const { sealer } = this.keys;
    const received = this.receive(this.sessions, sealer, datagram, this.ownSequence, nowMs);
    const { state, verdict, beat } = received;
    if (beat === undefined) return dropped(verdict);
    // Carried over from another path it is no sign of life of this one; the real one may still come there.
    const isOfOther = from !== undefined && beat.node !== from;
    if (beat.path?.name !== pathName || isOfOther)
      return { type: 'dropped', reason: 'other path', answer: false };
    this.sessions = state;
    const session = this.sessionOf(beat.node);
    if ((verdict.type !== 'accepted' && verdict.type !== 'late') || session === undefined) {
      return dropped(verdict);
    }
    this.heardOn(beat.node, pathName, nowMs);
    const { boot } = session;
    if (verdict.type === 'late') return { type: 'counts', beat, boot, isNewest: false, answer: false };
    // A guardian of ours spoke while this process stood still: what it says now would be too old for the partner.
    const behind = this.leapOver(echoedSequence(beat, this.own.node, this.own.boot) ?? 0);
    return { type: 'counts', beat, boot, isNewest: true, answer: verdict.opened || behind };
  }

  private heardOn(node: string, path: string, nowMs: number): void {
    const paths = this.heardAtMs.get(node) ?? new Map<string, number>();
    this.heardAtMs.set(node, paths.set(path, nowMs));
  }

  private hears(nowMs: number): readonly HeardNode[] {
    return this.others.flatMap((node) => {
      const boots = bootsToEcho(this.sessions, node, this.ownSequence, nowMs);
      if (boots.length === 0) return [];
      const paths = [...(this.heardAtMs.get(node) ?? [])].map(([name, atMs]) => ({
        name,
        ageMs: Math.min(nowMs - atMs, BEAT_LIMITS.count),
      }));
      return [{ node, boots, paths, ...this.servesFor(node) }];
    });
  }

  /** A third director may not hear who serves; in a pair there is none. */
  private servesFor(node: string): Pick<HeardNode, 'serves'> {
    const beat = this.sessionOf(node)?.beat;
    const serves = beat?.groups.some(({ duty }) => duty === 'active' || duty === 'releasing') === true;
    return this.others.length > 1 && serves ? { serves } : {};
  }
}

function dropped(verdict: ReceivedVerdict): HeardOutcome {
  switch (verdict.type) {
    case 'refused':
    case 'rejected':
      return { type: 'dropped', reason: verdict.reason, answer: false };
    case 'malformed':
      return { type: 'dropped', reason: 'malformed', detail: verdict.reason, answer: false };
    case 'unproven':
      return { type: 'dropped', reason: 'unproven', answer: verdict.answer };
    default:
      throw new Error(`${verdict.type} without a session`);
  }
}
