import {
  BeatCrypto,
  type BeatKeyRing,
  type BeatSession,
  type BeatSessions,
  bootsToEcho,
  createBeatSessions,
  type ReceivedVerdict,
  receiveBeat,
  sealBeat,
} from '../../src/beat.js';
import { plainBeat } from './beats.js';

/** What became of a datagram. */
export type Outcome = ReceivedVerdict['type'];

/** A director as far as its beats go: real codec, real cryptography, real sessions, no network and no clock. */
export class VirtualNode {
  sequence = 0;
  sessions: BeatSessions;
  private crypto: BeatCrypto;
  private sendId: number;

  constructor(
    readonly name: string,
    private readonly peers: readonly string[],
    ring: BeatKeyRing,
    private boot: string,
    private readonly sealed = true,
  ) {
    this.crypto = new BeatCrypto(ring);
    this.sendId = ring.sendId;
    this.sessions = createBeatSessions({ node: name, boot }, peers);
  }

  /** Another life: all that was known is gone. */
  restart(boot: string): void {
    this.boot = boot;
    this.sequence = 0;
    this.sessions = createBeatSessions({ node: this.name, boot }, this.peers);
  }

  /** Other keys, as after a reload. */
  useKeys(ring: BeatKeyRing): void {
    this.crypto = new BeatCrypto(ring);
    this.sendId = ring.sendId;
  }

  get life(): string {
    return this.boot;
  }

  session(peer: string): BeatSession | undefined {
    return this.sessions.peers.get(peer)?.session;
  }

  /** The next beat as a datagram. */
  send(nowMs: number): Buffer {
    this.sequence += 1;
    const hears = this.peers.flatMap((node) => {
      const boots = bootsToEcho(this.sessions, node, this.sequence, nowMs);
      return boots.length === 0 ? [] : [{ node, boots }];
    });
    const header = { keyId: this.sendId, boot: this.boot, sequence: this.sequence, sealed: this.sealed };
    const sealed = sealBeat(this.crypto, header, plainBeat(this.name, hears));
    if (sealed.type === 'refused') throw new Error(sealed.reason);
    return sealed.packet;
  }

  /** Takes a datagram in; `answer`: the node wants to send at once. */
  receive(datagram: Buffer, nowMs: number): { outcome: Outcome; answer: boolean } {
    const { state, verdict } = receiveBeat(this.sessions, this.crypto, datagram, this.sequence, nowMs);
    this.sessions = state;
    const answer =
      (verdict.type === 'unproven' && verdict.answer) || (verdict.type === 'accepted' && verdict.opened);
    return { outcome: verdict.type, answer };
  }
}
